import { Inject, Module, type DynamicModule, type OnModuleInit, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { CoordinatorOptions } from './coordinator.options';
import { OPTIONS } from './coordinator.tokens';
import { EmbeddedCoordinator } from './embedded-coordinator';

/** How long recovery waits for the surrounding application to listen: one that never does is no participant. Milliseconds. */
const MAX_WAIT_MS = 10_000;

/**
 * Embeds a coordinator into any Nest application: `CoordinatorModule.forRoot({ http, store })`. It runs as an inner
 * application with a listener of its own; inject {@link EmbeddedCoordinator} to learn its URL.
 */
@Module({})
export class CoordinatorModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly coordinator: EmbeddedCoordinator,
    @Inject(OPTIONS) private readonly options: CoordinatorOptions,
    private readonly host: HttpAdapterHost,
  ) {}

  static forRoot(options: CoordinatorOptions): DynamicModule {
    return {
      module: CoordinatorModule,
      global: true,
      providers: [EmbeddedCoordinator, { provide: OPTIONS, useValue: options }],
      exports: [EmbeddedCoordinator],
    };
  }

  /** Before the application serves, so that its services find a coordinator when they register. */
  async onModuleInit(): Promise<void> {
    const recoverAfter = this.options.recoverAfter ?? serving(this.host);
    await this.coordinator.start({ ...this.options, ...(recoverAfter && { recoverAfter }) });
  }

  /** While the application still serves: branches in flight may be its own handlers. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.coordinator.stop();
  }
}

/** @returns when the application listens, `undefined` if it has nothing to listen with. */
function serving(host: HttpAdapterHost): Promise<void> | undefined {
  // Typed as always there, but an application context has none.
  if (!(host.httpAdapter as unknown)) return undefined;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, MAX_WAIT_MS);
    timer.unref();
    host.listen$.subscribe(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
