import type { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { CoordinatorApi } from '../support/coordinator-api';
import { FixtureService } from '../support/fixture/fixture-service';
import { SagaCase } from '../support/saga-case';
import type { ServerProcess } from '../support/server-process';

/** A coordinator with a service, as most flows need them. */
export class Flow {
  readonly api: CoordinatorApi;
  private count = 0;

  private constructor(
    readonly coordinator: ServerProcess,
    readonly busi: FixtureService,
  ) {
    this.api = new CoordinatorApi(coordinator.url);
  }

  /** @param env settings of the coordinator; it keeps everything in memory unless they name a store */
  static async start(cleanup: Cleanup, env: Readonly<Record<string, string>> = {}): Promise<Flow> {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    return Flow.startWith(cleanup, busi, env);
  }

  /** Starts one more coordinator for a service that is there already. */
  static async startWith(cleanup: Cleanup, busi: FixtureService, env: Readonly<Record<string, string>>): Promise<Flow> {
    const coordinator = await startCoordinator({ STORE_DRIVER: 'memory', ...env });
    cleanup.add(() => coordinator.stop());
    return new Flow(coordinator, busi);
  }

  saga(name: string): SagaCase {
    this.count += 1;
    return new SagaCase(this.api, this.busi, `${name}-${this.count}`);
  }
}
