import { join } from 'node:path';
import type { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { CoordinatorApi } from '../support/coordinator-api';
import { get } from '../support/http';
import type { ServerProcess } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';
import { Bank, type BankName } from './bank';

/** Seconds between two tries, instead of ten: nobody wants to watch a demo wait. */
const PACE = { RETRY_INTERVAL: '1' };

/** A coordinator and two banks, each in a process of its own, each on its own SQLite file. */
export class World {
  private constructor(
    private process: ServerProcess,
    private readonly coordinatorEnv: Readonly<Record<string, string>>,
    readonly banks: Readonly<Record<BankName, Bank>>,
  ) {}

  /** Starts everything in a new temporary folder. It all ends with the clean-up. */
  static async start(cleanup: Cleanup): Promise<World> {
    const folder = await temporaryFolder(cleanup, 'demo');
    const env = { ...PACE, STORE_DRIVER: 'sqlite', DATA_DIR: join(folder, 'coordinator') };
    const coordinator = await startCoordinator(env);
    const bank = (name: BankName): Bank =>
      new Bank(name, { COORDINATOR_URL: coordinator.url, DATABASE_URL: `sqlite:${join(folder, `${name}.sqlite`)}` });
    const banks = { 'bank-a': bank('bank-a'), 'bank-b': bank('bank-b') };
    // The restarted coordinator has to be where the banks look for it.
    const world = new World(coordinator, { ...env, HTTP_PORT: String(coordinator.port) }, banks);
    cleanup.add(() => world.end());
    await Promise.all(world.allBanks.map((each) => each.start()));
    await world.untilRegistered();
    return world;
  }

  get coordinator(): ServerProcess {
    return this.process;
  }

  get api(): CoordinatorApi {
    return new CoordinatorApi(this.process.url);
  }

  get allBanks(): readonly Bank[] {
    return Object.values(this.banks);
  }

  /** Starts a coordinator on the port and the data folder of the one that was killed. */
  async restartCoordinator(): Promise<void> {
    this.process = await startCoordinator(this.coordinatorEnv);
  }

  /** @returns the last words of all processes, for whoever has to find out what went wrong */
  lastWords(): string {
    const servers = [this.process, ...this.allBanks.map(({ server }) => server)];
    return servers
      .map(
        ({ name, alive, output }) =>
          `${name}${alive ? '' : ' (has ended)'}: ${output.trim().split('\n').slice(-5).join('\n  ')}`,
      )
      .join('\n');
  }

  private untilRegistered(): Promise<unknown> {
    return until('both banks are known to the coordinator', async () => {
      const { text } = await get(`${this.process.url}/api/v2/services`);
      return this.allBanks.every(({ name }) => text.includes(`"${name}"`));
    });
  }

  private async end(): Promise<void> {
    await Promise.all([this.process.kill(), ...this.allBanks.map((bank) => bank.end())]);
  }
}
