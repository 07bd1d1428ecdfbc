import { Injectable } from '@nestjs/common';
import type { CoordinatorOptions } from './coordinator.options';
import { startCoordinator, type RunningCoordinator } from './start-coordinator';

/** Handle on the coordinator that runs inside this application. */
@Injectable()
export class EmbeddedCoordinator {
  private running: RunningCoordinator | undefined;

  /** `http://host:port` of its API. @throws Error before the application has been initialised */
  get url(): string {
    return this.started.url;
  }

  /** `host:port` of its gRPC API, `undefined` where it has none. @throws Error before the application has been initialised */
  get grpcAddress(): string | undefined {
    return this.started.grpcAddress;
  }

  /** @internal */
  async start(options: CoordinatorOptions): Promise<void> {
    this.running = await startCoordinator(options);
  }

  /** @internal */
  async stop(): Promise<void> {
    await this.running?.close();
    this.running = undefined;
  }

  private get started(): RunningCoordinator {
    if (this.running) return this.running;
    throw new Error('the embedded coordinator has not been started: initialise the application first');
  }
}
