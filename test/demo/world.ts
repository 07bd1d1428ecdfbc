import { bankDatabase, preparedBranches, type BankEngine } from '../support/bank-database';
import type { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { CoordinatorApi } from '../support/coordinator-api';
import { get } from '../support/http';
import type { ServerProcess } from '../support/server-process';
import { STORE_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Bank, type BankName } from './bank';
import { Line } from './line';

/** Seconds between two tries, instead of ten, and until an initiator is given up, instead of 35: nobody wants to watch a demo wait. */
const PACE = { RETRY_INTERVAL: '1', TIMEOUT_TO_FAIL: '4' };

const BANKS: readonly BankName[] = ['bank-a', 'bank-b'];

/** A coordinator and two banks, each in a process of its own, each with a database of its own. */
export class World {
  private process: ServerProcess;

  private constructor(
    coordinator: ServerProcess,
    private readonly coordinatorEnv: Readonly<Record<string, string>>,
    readonly banks: Readonly<Record<BankName, Bank>>,
    /** Between bank-a and the coordinator. */
    readonly line: Line,
  ) {
    this.process = coordinator;
  }

  /**
   * Starts everything on new databases. It all ends with the clean-up.
   *
   * @param settings of the coordinator
   */
  static async start(
    cleanup: Cleanup,
    engine: BankEngine = 'sqlite',
    settings: Readonly<Record<string, string>> = {},
  ): Promise<World> {
    const env = { ...PACE, ...(await storeOf(engine, cleanup)), ...settings };
    const databases = await Promise.all(BANKS.map(() => bankDatabase(cleanup, engine)));
    const coordinator = await startCoordinator(env);
    const line = await Line.open(cleanup, coordinator.port);
    const [a = '', b = ''] = databases;
    const banks = {
      'bank-a': new Bank('bank-a', { COORDINATOR_URL: line.url, DATABASE_URL: a }),
      'bank-b': new Bank('bank-b', { COORDINATOR_URL: coordinator.url, DATABASE_URL: b }),
    };
    // The restarted coordinator has to be where the banks look for it.
    const world = new World(coordinator, { ...env, HTTP_PORT: String(coordinator.port) }, banks, line);
    cleanup.add(() => world.end());
    await Promise.all(world.allBanks.map((each) => each.start()));
    await world.untilRegistered();
    return world;
  }

  get coordinator(): ServerProcess {
    return this.process;
  }

  /** Whether other coordinators could be at work on the same data. */
  get isShared(): boolean {
    return this.coordinatorEnv['STORE_DRIVER'] !== 'sqlite';
  }

  get api(): CoordinatorApi {
    return new CoordinatorApi(this.process.url);
  }

  get allBanks(): readonly Bank[] {
    return Object.values(this.banks);
  }

  /** Starts a coordinator on the port and the data of the one that was killed. */
  async restartCoordinator(): Promise<void> {
    this.process = await startCoordinator(this.coordinatorEnv);
  }

  /** @returns how many XA branches of one transaction are prepared in the banks' databases and wait for a decision */
  async inDoubt(gid: string): Promise<number> {
    const xids = await Promise.all(this.allBanks.map((bank) => preparedBranches(bank.databaseUrl)));
    return xids.flat().filter((xid) => xid.startsWith(`${gid}-`)).length;
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

/** @throws Error with the command that makes a missing engine available */
async function storeOf(name: BankEngine, cleanup: Cleanup): Promise<Readonly<Record<string, string>>> {
  const engine = STORE_ENGINES.find((each) => each.name === name);
  if (engine?.missing !== undefined) throw new Error(engine.missing);
  return engine?.create(cleanup) ?? {};
}
