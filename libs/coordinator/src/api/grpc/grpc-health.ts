import { GRPC_STATUS } from '@nestjs-dtx/protocol';
import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { service as HEALTH_SERVICE } from 'grpc-health-check';
import type { HealthService } from '../../operations/health.service';

interface HealthRequest {
  readonly service: string;
}

interface HealthReply {
  readonly status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
}

/** How often somebody who watches is told of a change. Milliseconds. */
const WATCH_MS = 1000;

/** The health service of gRPC: this coordinator serves while its store answers and no shutdown has begun. */
export class GrpcHealth {
  /** @param services names that may be asked for, beside the empty one, which means all of it */
  constructor(
    private readonly health: HealthService,
    private readonly services: readonly string[],
  ) {}

  addTo(server: Server): void {
    server.addService(HEALTH_SERVICE, {
      check: (call: ServerUnaryCall<HealthRequest, HealthReply>, done: sendUnaryData<HealthReply>) => {
        if (this.knows(call.request.service)) void this.status().then((status) => done(null, { status }));
        else done({ code: GRPC_STATUS.notFound, details: 'there is no such service' });
      },
      watch: (call: ServerWritableStream<HealthRequest, HealthReply>) => this.watch(call),
      list: (_call: unknown, done: sendUnaryData<{ statuses: Record<string, HealthReply> }>) => {
        void this.status().then((status) => done(null, { statuses: this.all(status) }));
      },
    });
  }

  private watch(call: ServerWritableStream<HealthRequest, HealthReply>): void {
    let last: HealthReply['status'] | undefined;
    const tell = async (): Promise<void> => {
      const status = this.knows(call.request.service) ? await this.status() : 'SERVICE_UNKNOWN';
      if (status !== last && !call.cancelled) call.write({ status });
      last = status;
    };
    const timer = setInterval(() => void tell(), WATCH_MS);
    timer.unref();
    call.on('cancelled', () => clearInterval(timer));
    call.on('close', () => clearInterval(timer));
    void tell();
  }

  private knows(service: string): boolean {
    return service === '' || this.services.includes(service);
  }

  private async status(): Promise<HealthReply['status']> {
    const { status } = await this.health.readiness();
    return status === 'ok' ? 'SERVING' : 'NOT_SERVING';
  }

  private all(status: HealthReply['status']): Record<string, HealthReply> {
    return Object.fromEntries(['', ...this.services].map((service) => [service, { status }]));
  }
}
