import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { ApiExceptionFilter, UNREADABLE } from './api/http/api-exception.filter';
import { readBodiesAsText } from './api/http/body-reader';
import { measureRequests } from './api/http/measure-requests';
import { GrpcServer } from './api/grpc/grpc-server';
import { CoordinatorCoreModule } from './coordinator-core.module';
import type { CoordinatorOptions } from './coordinator.options';
import { DEFAULT_SETTINGS } from './coordinator.settings';
import { CoordinatorMetrics } from './metrics/coordinator-metrics';
import { HealthService } from './operations/health.service';
import { createStore } from './stores/create-store';
import type { TransactionStore } from './stores/transaction-store';

/** The longest topic, each of its characters escaped. Characters. */
const MAX_PARAM_LENGTH = 128 * 9;

/** A coordinator that serves. */
export interface RunningCoordinator {
  /** `http://host:port`, with the port it really has. */
  readonly url: string;
  readonly port: number;
  /** `host:port` of its gRPC API, `undefined` where it has none. */
  readonly grpcAddress: string | undefined;
  readonly app: NestFastifyApplication;
  /** Refuses new work, drains, gives leases back, closes the store. */
  close(): Promise<void>;
}

/**
 * Starts a coordinator with an application, listener and timers of its own, so that nothing of a surrounding application
 * (prefix, guards, pipes, interceptors) touches it (design 6).
 *
 * @throws DtxError `DTX_PORT_IN_USE`, `DTX_STORE_LOCKED`, `DTX_STORE_UNAVAILABLE`, `DTX_STORE_SCHEMA_TOO_NEW`
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  // Opened before Nest starts: what goes wrong here is told to the operator in one line, without a framework's stack.
  const store = createStore(options.store);
  await store.open();
  const app = await createApplication(store, options);
  try {
    const grpc = connectGrpc(app, options);
    await app.init();
    await listenGrpc(app, options);
    await listenHttp(app, options.http);
    const { port } = app.getHttpServer().address() as { port: number };
    return {
      url: `http://${hostOf(options.http)}:${port}`,
      port,
      grpcAddress: options.grpc && grpc && `${hostOf(options.grpc)}:${grpc.port}`,
      app,
      close: () => app.close(),
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Where somebody listens. */
interface Address {
  readonly host: string;
  readonly port: number;
}

/** An IPv6 address stands in brackets. */
const hostOf = ({ host }: Address): string => (host.includes(':') ? `[${host}]` : host);

async function listenHttp(app: NestFastifyApplication, { host, port }: Address): Promise<void> {
  try {
    // Not app.listen(): Nest would log the stack of a port in use before the one line that says what to do.
    await app.getHttpAdapter().getInstance().listen({ port, host });
  } catch (error) {
    throw listenError(error, { host, port }, 'HTTP');
  }
}

function connectGrpc(app: NestFastifyApplication, options: CoordinatorOptions): GrpcServer | undefined {
  if (!options.grpc) return undefined;
  const { limits } = { ...DEFAULT_SETTINGS, ...options.settings };
  const server = new GrpcServer(
    { ...options.grpc, maxMessageBytes: limits.bodyBytes },
    { health: app.get(HealthService), requests: app.get(CoordinatorMetrics).requests },
  );
  app.connectMicroservice({ strategy: server });
  return server;
}

async function listenGrpc(app: NestFastifyApplication, { grpc }: CoordinatorOptions): Promise<void> {
  if (!grpc) return;
  try {
    await app.startAllMicroservices();
  } catch (error) {
    throw listenError(error, grpc, 'GRPC');
  }
}

async function createApplication(store: TransactionStore, options: CoordinatorOptions) {
  const adapter = httpAdapter({ ...DEFAULT_SETTINGS, ...options.settings }.limits.bodyBytes);
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      CoordinatorCoreModule.register(store, options),
      adapter,
      { bodyParser: false, abortOnError: false, forceCloseConnections: true },
    );
    const { requests } = app.get(CoordinatorMetrics);
    measureRequests(app.getHttpAdapter().getInstance(), requests);
    return app.useGlobalFilters(new ApiExceptionFilter(requests.route('unknown')));
  } catch (error) {
    await store.close();
    throw error;
  }
}

function httpAdapter(bodyLimit: number): FastifyAdapter {
  const adapter = new FastifyAdapter({
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (_error: Error, _request: unknown, reply: FastifyReply) => {
      void reply.status(UNREADABLE.status).send(UNREADABLE.body);
    },
  });
  readBodiesAsText(adapter.getInstance(), bodyLimit);
  return adapter;
}

function listenError(error: unknown, { host, port }: Address, key: 'HTTP' | 'GRPC'): unknown {
  const code = LISTEN_CODES.find((known) => known === codeOf(error) || String(error).includes(known));
  if (code === undefined) return error;
  if (code === 'EADDRINUSE') {
    const message = `port ${port} on ${host} is in use: stop what listens there or set ${key}_PORT to another one`;
    return new DtxError(ERROR_CODES.portInUse, message, { cause: error });
  }
  const message = `cannot listen on ${host}:${port} (${code}): set ${key}_HOST and ${key}_PORT to an address of this machine`;
  return new DtxError(ERROR_CODES.invalidConfig, message, { cause: error });
}

/** Errors of an address that somebody can mend. The library of gRPC only tells them in its text. */
const LISTEN_CODES = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND'];

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
