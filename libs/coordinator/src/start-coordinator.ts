import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { ApiExceptionFilter, UNREADABLE } from './api/http/api-exception.filter';
import { readBodiesAsText } from './api/http/body-reader';
import { measureRequests } from './api/http/measure-requests';
import { CoordinatorCoreModule } from './coordinator-core.module';
import type { CoordinatorOptions } from './coordinator.options';
import { DEFAULT_SETTINGS } from './coordinator.settings';
import { CoordinatorMetrics } from './metrics/coordinator-metrics';
import { createStore } from './stores/create-store';
import type { TransactionStore } from './stores/transaction-store';

/** The longest topic, each of its characters escaped. Characters. */
const MAX_PARAM_LENGTH = 128 * 9;

/** A coordinator that serves. */
export interface RunningCoordinator {
  /** `http://host:port`, with the port it really has. */
  readonly url: string;
  readonly port: number;
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
    await app.init();
    // Not app.listen(): Nest would log the stack of a port in use before the one line that says what to do.
    await app.getHttpAdapter().getInstance().listen({ port: options.http.port, host: options.http.host });
  } catch (error) {
    await app.close();
    throw listenError(error, options.http);
  }
  const { port } = app.getHttpServer().address() as { port: number };
  const host = options.http.host.includes(':') ? `[${options.http.host}]` : options.http.host;
  return { url: `http://${host}:${port}`, port, app, close: () => app.close() };
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

function listenError(error: unknown, { host, port }: CoordinatorOptions['http']): unknown {
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE') {
    const message = `port ${port} on ${host} is in use: stop what listens there or set HTTP_PORT to another one`;
    return new DtxError(ERROR_CODES.portInUse, message, { cause: error });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
    const message = `cannot listen on ${host}:${port} (${code}): set HTTP_HOST and HTTP_PORT to an address of this machine`;
    return new DtxError(ERROR_CODES.invalidConfig, message, { cause: error });
  }
  return error;
}
