import { MortalLink, ScriptedService, startTestCoordinator, type TestCoordinator } from '@nestjs-dtx/testing';
import { branchInfoFrom } from '../branch/branch-info';
import { OPENING_BALANCE, Participant } from '../barrier/participant.spec-helper';
import type { SqlExecutor } from '../barrier/sql-executor';
import { DtxClient } from '../dtx-client';
import { BranchFailureError } from '../errors/branch-failure.error';
import { barrierRunner } from './barrier-runner';
import type { WorkflowContext } from './workflow-context';

/** More moments than any of the workflows has. */
const IMMORTAL = 1000;

/** The service that runs a workflow, and one that it calls: each with a database of its own. */
class World {
  readonly own = new Participant();
  readonly other = new Participant();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly gid: string,
    private readonly service: ScriptedService,
  ) {
    service.script = async ({ query }) => {
      const reply = await this.other.receive(branchInfoFrom(query), query['op'] === 'rollback' ? -5 : 5);
      return { status: reply === 'success' ? 200 : 500, body: '{"paid":5}' };
    };
  }

  static async create(gid: string): Promise<World> {
    return new World(gid, await ScriptedService.start());
  }

  /** Local transactions one after the other and beside each other, and a call. */
  async checkout(wf: WorkflowContext, { fails }: { readonly fails: boolean }): Promise<unknown> {
    const first = await this.step(wf, 'first', -1);
    const lanes = await wf.all([(lane) => this.step(lane, 'left', -2), (lane) => this.step(lane, 'right', -3)]);
    const paid = await wf.http(`${this.service.url}/pay`, { amount: 5 }, { onRollback: `${this.service.url}/refund` });
    if (fails) throw new BranchFailureError('changed our mind');
    return { first, lanes, paid };
  }

  /** One attempt by a process that lives so long. @returns whether it has died */
  async attempt(coordinator: string, fails: boolean, moments: number): Promise<boolean> {
    const link = await MortalLink.start(coordinator, moments);
    const client = new DtxClient({ coordinator: link.url, timeoutMs: 500 });
    this.register(client);
    await client
      .workflow<object>('checkout', this.gid)
      .retryInterval(3600)
      .execute({ fails })
      .catch(() => undefined);
    await link.stop();
    await client.close();
    return link.isDead;
  }

  /** What the coordinator's callback does in another process. @returns the status of its answer */
  async resume(coordinator: string): Promise<number> {
    const client = new DtxClient({ coordinator });
    this.register(client);
    const { status } = await client.workflows.resume('checkout', this.gid);
    await client.close();
    return status;
  }

  async close(): Promise<void> {
    await this.service.stop();
    this.own.close();
    this.other.close();
  }

  private register(client: DtxClient): void {
    const run = (wf: WorkflowContext, input: { fails: boolean }) => this.checkout(wf, input);
    client.workflows.register('checkout', run, { callback: `${this.service.url}/resume` });
  }

  private step(wf: WorkflowContext, name: string, amount: number): Promise<number> {
    const runner = barrierRunner({ dialect: 'sqlite', inTransaction: (work) => this.inTurn(work) });
    return wf
      .branch(name)
      .onRollback((step) => runner(step, (executor) => this.own.move(executor, step, -amount)))
      .onCommit((step) => runner(step, (executor) => this.own.move(executor, step, 0)))
      .transaction(
        runner,
        async (executor, step) => {
          await this.own.move(executor, step, amount);
          return amount;
        },
        async () => amount,
      );
  }

  /** One connection has one transaction at a time. */
  private inTurn<T>(work: (executor: SqlExecutor) => Promise<T>): Promise<T> {
    const result = this.turn.then(() => this.own.inTransaction(work));
    this.turn = result.catch(() => undefined);
    return result;
  }
}

const NOTHING = { answer: 500, status: undefined, own: [] };

describe('the process of a workflow dies', () => {
  let coordinator: TestCoordinator;

  beforeAll(async () => {
    coordinator = await startTestCoordinator();
  });
  afterAll(() => coordinator.stop());

  it.each([
    ['succeeds', false, ['action', 'commit']],
    ['is rolled back', true, ['action', 'rollback']],
  ])('between any two writes: what %s does so, and each effect happens once', async (_, fails, effects) => {
    const undisturbed = await World.create(`undisturbed-${fails}`);
    expect(await undisturbed.attempt(coordinator.url, fails, IMMORTAL)).toBe(false);
    const expected = await stateOf(undisturbed);
    expect(expected).toMatchObject({ status: fails ? 'failed' : 'succeed' });
    for (const branch of ['01', '020101', '020201']) {
      expect(undisturbed.own.effects(undisturbed.gid, branch)).toEqual(effects);
    }
    expect(undisturbed.own.balance).toBe(fails ? OPENING_BALANCE : OPENING_BALANCE - 6);
    expect(undisturbed.other.balance).toBe(fails ? OPENING_BALANCE : OPENING_BALANCE + 5);

    let deaths = 0;
    for (let moment = 0; ; moment += 1) {
      const world = await World.create(`dies-${fails}-${moment}`);
      const died = await world.attempt(coordinator.url, fails, moment);
      if (died) deaths += 1;
      const answer = await world.resume(coordinator.url);
      const state = await stateOf(world);
      // Before its first write has arrived there is no transaction, and nothing was done.
      const ended = moment === 0 ? NOTHING : { answer: fails ? 409 : 200, ...expected };
      expect({ answer, ...state }).toMatchObject(ended);
      await world.close();
      if (!died) break;
    }
    // Prepare, four records of steps, the second phase, submit: two moments each.
    expect(deaths).toBe(fails ? 20 : 18);
    await undisturbed.close();
  });

  /** Everything that is left of it. */
  async function stateOf({ gid, own, other }: World) {
    const client = new DtxClient({ coordinator: coordinator.url });
    const { transaction } = await client.query(gid);
    await client.close();
    const ledger = (each: Participant) =>
      each
        .rows('select branch_id, op, amount from ledger')
        .map(({ branch_id: id, op, amount }) => `${String(id)} ${String(op)} ${String(amount)}`)
        .toSorted();
    return {
      status: transaction?.status,
      result: transaction?.result,
      reason: transaction?.rollback_reason,
      own: ledger(own),
      other: ledger(other),
    };
  }
});
