import { once } from 'node:events';
import { createServer } from 'node:net';
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { ServerGrpc } from '@nestjs/microservices';
import {
  COORDINATOR_SERVICE,
  COORDINATOR_SERVICE_NAME,
  DTM_SERVICE,
  DTM_SERVICE_NAME,
  fileDescriptors,
} from '@nestjs-dtx/protocol';
import type { RequestMetrics } from '../../metrics/request-metrics';
import type { HealthService } from '../../operations/health.service';
import { GrpcHealth } from './grpc-health';

/** @see GrpcServer */
export interface GrpcServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Larger messages are refused with RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes: number;
}

/** What the server looks at beside its controllers. */
export interface GrpcServerParts {
  readonly health: HealthService;
  readonly requests: RequestMetrics;
}

const PACKAGE_DEFINITION = { [DTM_SERVICE_NAME]: DTM_SERVICE, [COORDINATOR_SERVICE_NAME]: COORDINATOR_SERVICE };

/** How long the end waits for calls in flight; by then all transactions have come to rest. Milliseconds. */
const DRAIN_MS = 2000;

/** The library would log what goes wrong, and tell no code. @throws what Node says of an address that cannot be listened on */
async function tryToListen(host: string, port: number): Promise<void> {
  const probe = createServer().listen(port, host);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

type UnaryHandler = (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>) => unknown;

/**
 * The framework's transport of gRPC with what a coordinator adds: definitions without .proto files, health, reflection,
 * metrics, the port that it really has, and an end that does not wait for streams.
 */
export class GrpcServer extends ServerGrpc {
  private bound = 0;
  private server: Server | undefined;

  constructor(
    private readonly settings: GrpcServerOptions,
    private readonly parts: GrpcServerParts,
  ) {
    super({
      package: ['dtmgimp', 'nestjs_dtx.v1'],
      packageDefinition: PACKAGE_DEFINITION,
      // Loaded at once and never used, as the definitions are there; this one is loaded anyway.
      protoLoader: '@grpc/grpc-js',
    });
  }

  /** The port that it really has. */
  get port(): number {
    return this.bound;
  }

  override async createClient(): Promise<Server> {
    const { host, port, maxMessageBytes } = this.settings;
    await tryToListen(host, port);
    const server = new Server({ 'grpc.max_receive_message_length': maxMessageBytes });
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const services = Object.keys(PACKAGE_DEFINITION);
    new GrpcHealth(this.parts.health, services).addTo(server);
    new ReflectionService({ descriptors: { fileDescriptorProtos: fileDescriptors() } } as never, {
      services,
    }).addToServer(server);
    this.server = server;
    return server;
  }

  /** Counts what a method answers (spec 2.12): once per call, whatever comes of it. */
  override createUnaryServiceMethod(handler: (...args: never[]) => unknown): (...args: never[]) => Promise<unknown> {
    const serve = super.createUnaryServiceMethod(handler) as unknown as UnaryHandler;
    const metrics = this.parts.requests.route(handler.name.toLowerCase(), 'grpc');
    const measured: UnaryHandler = (call, done) => {
      const arrivedMs = performance.now();
      return serve(call, (error, value) => {
        metrics.count(!error, (performance.now() - arrivedMs) / 1000);
        done(error, value);
      });
    };
    return measured as never;
  }

  override async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => {
        server.forceShutdown();
        resolve();
      }, DRAIN_MS);
      server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }
}
