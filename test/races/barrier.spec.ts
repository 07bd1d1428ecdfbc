import { Barrier, type BarrierInfo } from '@nestjs-dtx/client';
import { Gate } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { describeEngines, describeXa } from '../support/describe-engines.spec-helper';
import type { Word } from '../support/fixture/answer';
import { FixtureService } from '../support/fixture/fixture-service';
import type { ScriptFunction } from '../support/fixture/script';
import { payload } from '../support/fixture/transfer';
import type { Accounts } from '../support/participant/accounts';
import { Participants } from '../support/participant/participants';
import { xaService } from '../support/participant/xa-service';
import { STORE_ENGINES } from '../support/store-engine';
import { callBranch } from '../support/transactions/branch-request';
import { CaseFactory } from '../support/transactions/case-factory';
import type { MsgCase } from '../support/transactions/msg-case';
import type { TransactionCase } from '../support/transactions/transaction-case';
import { until } from '../support/until';

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };

describeEngines(STORE_ENGINES, (engine) => {
  const cleanup = new Cleanup();
  const participants = new Participants(cleanup);
  let cases: CaseFactory;

  beforeAll(async () => {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    const coordinator = await startCoordinator(await engine.create(cleanup));
    cleanup.add(() => coordinator.stop());
    cases = new CaseFactory(coordinator.url, busi, `barrier-${engine.name}`);
  });

  afterAll(() => cleanup.run());

  async function accountsOf(transaction: TransactionCase, purpose: 'barrier' | 'xa' = 'barrier'): Promise<Accounts> {
    const accounts = await participants.accounts(engine, purpose);
    await accounts.create(transaction.gid);
    return accounts;
  }

  /** Every endpoint of both accounts, each delivered as badly as it can be. */
  const unreliable = (serve: (account: 'OUT' | 'IN') => ScriptFunction): Record<string, ScriptFunction> =>
    Object.fromEntries(
      (['OUT', 'IN'] as const).flatMap((account) =>
        ['', '.conf', '.rev'].map((suffix) => [`${account}${suffix}`, twiceAndLost(serve(account))]),
      ),
    );

  test('a try that comes after its cancel is answered as a success and has no effect', async () => {
    const tcc = cases.newTcc();
    const accounts = await accountsOf(tcc);
    tcc.answers({ OUT: accounts.guarded('OUT'), 'OUT.rev': accounts.guarded('OUT') });
    const branch = tcc.branch('01', 'OUT');
    await tcc.begin();
    expect((await tcc.register(branch)).status).toBe(200);
    expect((await tcc.abort('the try is lost on its way')).status).toBe(200);
    expect(await tcc.ended()).toMatchObject({ status: 'failed', rows: 'S P' });
    const info = { gid: tcc.gid, trans_type: 'tcc', branch_id: '01', op: 'try' };
    await callBranch({ url: branch.try, info, body: branch.data });
    expect(await accounts.moved(tcc.gid)).toEqual(SAME);
  });

  test('a check-back waits for the open local transaction, and tells how that has ended', async () => {
    const [committed, rolledBack] = await Promise.all([askedWhileOpen('committed'), askedWhileOpen('rolled back')]);
    const meanwhile = { status: 'prepared', rows: 'P' };
    expect(committed).toMatchObject({
      way: 'committed',
      meanwhile,
      end: { status: 'succeed', rows: 'S' },
      moved: MOVED,
    });
    expect(rolledBack).toMatchObject({
      way: 'rolled back',
      meanwhile,
      end: { status: 'failed', rows: 'P' },
      moved: SAME,
    });
  });

  /** @param wanted how the local transaction is to end after it has been asked about twice */
  async function askedWhileOpen(wanted: 'committed' | 'rolled back') {
    const msg = cases.newMsg();
    const accounts = await accountsOf(msg);
    msg.answers({ QP: accounts.checkBack(), IN: accounts.guarded('IN') });
    await msg.begin({ ...toOne(msg), timeout_to_fail: 1, request_timeout: 1 });
    const gate = new Gate();
    const local = openTransaction(msg, accounts, async () => {
      await gate.pass();
      if (wanted === 'rolled back') throw new Error('no stock');
    });
    const outcome = local.then(
      () => 'committed',
      () => 'rolled back',
    );
    // Nobody can tell yet: what was asked first has been given up, and asked again.
    await until('it is asked again', async () => msg.calls.length > 1 || (await msg.revisit(), false), {
      everyMs: 200,
    });
    const meanwhile = await msg.state();
    gate.open();
    const way = await outcome;
    const end = await msg.hurried();
    return { way, meanwhile, end, moved: await accounts.moved(msg.gid) };
  }

  describe('every operation that is delivered twice at once, and again as its answer was lost, takes effect once', () => {
    test('action and compensate', async () => {
      const [moving, undone] = [cases.newSaga(), cases.newSaga()];
      const accounts = await accountsOf(moving);
      await accountsOf(undone);
      for (const saga of [moving, undone]) saga.answers(unreliable((account) => accounts.guarded(account)));
      undone.answers({ Last: 'fail' });
      await moving.start();
      const steps = [undone.step('OUT'), undone.step('IN'), undone.step('Last', '')];
      await undone.start({ steps, payloads: [payload(), payload(), payload()] });
      expect(await moving.hurried()).toMatchObject({ status: 'succeed' });
      expect(await undone.hurried()).toMatchObject({ status: 'failed' });
      expect(await accounts.moved(moving.gid)).toEqual(MOVED);
      expect(await accounts.moved(undone.gid)).toEqual(SAME);
      expect(moving.calls).toHaveLength(4);
      expect(undone.calls).toHaveLength(9);
    });

    test('try, confirm and cancel', async () => {
      const [moving, undone] = [cases.newTcc(), cases.newTcc()];
      const accounts = await accountsOf(moving);
      await accountsOf(undone);
      for (const tcc of [moving, undone]) {
        tcc.answers(unreliable((account) => accounts.guarded(account)));
        await tcc.begin();
        for (const [id, name] of [
          ['01', 'OUT'],
          ['02', 'IN'],
        ] as const) {
          const branch = tcc.branch(id, name);
          // The client tries again when the answer of the first try is lost.
          await expect(tcc.call(branch)).rejects.toMatchObject({ result: 'err' });
          await tcc.call(branch);
        }
      }
      await moving.submit();
      await undone.abort('no stock');
      expect(await moving.hurried()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(await undone.hurried()).toMatchObject({ status: 'failed', rows: 'S P S P' });
      expect(await accounts.moved(moving.gid)).toEqual(MOVED);
      expect(await accounts.moved(undone.gid)).toEqual(SAME);
    });

    test('msg', async () => {
      const msg = cases.newMsg();
      const accounts = await accountsOf(msg);
      msg.answers(unreliable((account) => accounts.guarded(account)));
      await msg.start();
      expect(await msg.hurried()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(await accounts.moved(msg.gid)).toEqual(MOVED);
      const [first, second] = [openTransaction(msg, accounts), openTransaction(msg, accounts)];
      const outcomes = await Promise.allSettled([first, second]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    describeXa(engine, () =>
      test('commit and rollback', async () => {
        const [moving, undone] = [cases.newXa(), cases.newXa()];
        const accounts = await accountsOf(moving, 'xa');
        await accountsOf(undone, 'xa');
        for (const xa of [moving, undone]) {
          const services = Object.fromEntries(
            (['OUT', 'IN'] as const).map((account) => [account, onlyPhaseTwo(xaService(accounts, account))]),
          );
          xa.answers(services);
          await xa.begin();
          await xa.call('01', 'OUT');
          await xa.call('02', 'IN');
        }
        await moving.submit();
        await undone.abort();
        expect(await moving.hurried()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
        expect(await undone.hurried()).toMatchObject({ status: 'failed', rows: 'S P S P' });
        expect(await accounts.moved(moving.gid)).toEqual(MOVED);
        expect(await accounts.moved(undone.gid)).toEqual(SAME);
        const left = (await accounts.database.xa?.inDoubt()) ?? [];
        expect(left.filter((xid) => xid.startsWith(`barrier-${engine.name}`))).toEqual([]);
      }),
    );
  });
});

function toOne(msg: MsgCase): Readonly<Record<string, unknown>> {
  return { steps: [{ action: msg.url('IN') }], payloads: [payload()] };
}

/** The sender's local transaction. @param during runs before it commits */
function openTransaction(
  msg: MsgCase,
  accounts: Accounts,
  during: () => Promise<void> = async () => {},
): Promise<void> {
  const info: BarrierInfo = { transType: 'msg', gid: msg.gid, branchId: '00', op: 'msg' };
  return accounts.database.transaction(async (executor) => {
    await new Barrier(info, accounts.database).call(executor, () => accounts.apply(executor, info, 'OUT'));
    await during();
  });
}

/** The first call is delivered twice at once, and whoever made it gets no answer that helps. */
function twiceAndLost(service: ScriptFunction): ScriptFunction {
  return async (attempt, call): Promise<Word> => {
    if (attempt > 1) return (await service(attempt, call)) as Word;
    await Promise.allSettled([service(attempt, call), service(attempt, call)]);
    return 'err';
  };
}

/** Phase 1 is delivered well, as its client makes it; each phase 2 is not. */
function onlyPhaseTwo(service: ScriptFunction): ScriptFunction {
  const phaseTwo = twiceAndLost(service);
  let calls = 0;
  return (attempt, call) => (call.op === 'action' ? service(attempt, call) : phaseTwo((calls += 1), call));
}
