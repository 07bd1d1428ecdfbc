import { Inject, Module, type DynamicModule, type OnModuleInit, type BeforeApplicationShutdown } from '@nestjs/common';
import type { CoordinatorOptions } from './coordinator.options';
import { OPTIONS } from './coordinator.tokens';
import { EmbeddedCoordinator } from './embedded-coordinator';

/**
 * Embeds a coordinator into any Nest application: `CoordinatorModule.forRoot({ http, store })`. It runs as an inner
 * application with a listener of its own; inject {@link EmbeddedCoordinator} to learn its URL.
 */
@Module({})
export class CoordinatorModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly coordinator: EmbeddedCoordinator,
    @Inject(OPTIONS) private readonly options: CoordinatorOptions,
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
    await this.coordinator.start(this.options);
  }

  /** While the application still serves: branches in flight may be its own handlers. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.coordinator.stop();
  }
}
