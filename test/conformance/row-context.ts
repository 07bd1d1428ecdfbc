import { CoordinatorApi } from '../support/coordinator-api';
import type { Cleanup } from '../support/cleanup';
import type { FixtureService } from '../support/fixture/fixture-service';
import type { ServerProcess } from '../support/server-process';
import type { StoreEngine } from '../support/store-engine';
import { SagaCase } from '../support/saga-case';
import { startInTurn } from './start-in-turn';

/** What all rows of one engine share. */
export interface Surroundings {
  readonly engine: StoreEngine;
  readonly coordinator: ServerProcess;
  readonly busi: FixtureService;
  readonly cleanup: Cleanup;
}

/** What one row works with. Its transactions have gids of their own, so rows do not see each other. */
export class RowContext {
  readonly api: CoordinatorApi;
  /** The row's main transaction. */
  readonly saga: SagaCase;
  private count = 0;

  constructor(
    private readonly id: string,
    private readonly surroundings: Surroundings,
    coordinator = surroundings.coordinator,
  ) {
    this.api = new CoordinatorApi(coordinator.url);
    this.saga = this.newSaga();
  }

  get busi(): FixtureService {
    return this.surroundings.busi;
  }

  /** A further transaction of the same row. */
  newSaga(): SagaCase {
    this.count += 1;
    const { busi, engine } = this.surroundings;
    return new SagaCase(this.api, busi, `${this.id}-${engine.name}-${this.count}`);
  }

  /** Makes a store of the row's own. @returns the environment for {@link startOwn} */
  newStore(): Promise<Readonly<Record<string, string>>> {
    return this.surroundings.engine.create(this.surroundings.cleanup);
  }

  /** Starts a coordinator of the row's own. @param env a store of {@link newStore} and other settings */
  async startOwn(env: Readonly<Record<string, string>>): Promise<{ server: ServerProcess; context: RowContext }> {
    const server = await startInTurn(env);
    this.surroundings.cleanup.add(() => server.stop());
    return { server, context: new RowContext(this.id, this.surroundings, server) };
  }
}
