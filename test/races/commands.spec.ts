import { Gate } from '@nestjs-dtx/testing';
import { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { FixtureService } from '../support/fixture/fixture-service';
import type { Reply } from '../support/http';
import { STORE_ENGINES } from '../support/store-engine';
import { CaseFactory } from '../support/transactions/case-factory';
import type { TwoPhaseCase } from '../support/transactions/two-phase-case';

/** Transactions that race side by side. */
const RACES = 12;

/** What each type calls its second phase, and in which order. */
const PHASES = {
  tcc: { go: ['B.conf[02 confirm]', 'A.conf[01 confirm]'], undo: ['B.rev[02 cancel]', 'A.rev[01 cancel]'] },
  xa: { go: ['A[01 commit]', 'B[02 commit]'], undo: ['A[01 rollback]', 'B[02 rollback]'] },
} as const;

type TwoPhase = keyof typeof PHASES;

describeEngines(STORE_ENGINES, (engine) => {
  const cleanup = new Cleanup();
  let cases: CaseFactory;

  beforeAll(async () => {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    const coordinator = await startCoordinator(await engine.create(cleanup));
    cleanup.add(() => coordinator.stop());
    cases = new CaseFactory(coordinator.url, busi, `race-${engine.name}`);
  });

  afterAll(() => cleanup.run());

  /** A prepared transaction with two branches. */
  async function prepared(type: TwoPhase): Promise<TwoPhaseCase> {
    const transaction = type === 'tcc' ? cases.newTcc() : cases.newXa();
    await transaction.begin();
    for (const [id, name] of [
      ['01', 'A'],
      ['02', 'B'],
    ] as const) {
      expect((await transaction.registerBranch(id, name)).status).toBe(200);
    }
    return transaction;
  }

  const many = <T>(make: (index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: RACES }, (_, index) => make(index)));

  describe.each(['tcc', 'xa'] as const)('a transaction of type %s', (type) => {
    const { go, undo } = PHASES[type];

    test('that is submitted again while its second phase runs is not finished by that, and calls each branch once', async () => {
      const transaction = await prepared(type);
      const gate = new Gate();
      const held = async () => {
        await gate.pass();
        return 'ok' as const;
      };
      transaction.answers({ A: held, 'B.conf': held });
      expect((await transaction.submit()).status).toBe(200);
      await cases.busi.received(transaction.gid, 1);
      expect((await transaction.submit()).status).toBe(200);
      const waiting = transaction.submit({ wait_result: true });
      expect(await transaction.state()).toMatchObject({ status: 'submitted', rows: 'P P P P' });
      gate.open();
      expect((await waiting).status).toBe(200);
      expect(await transaction.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(transaction.calls).toEqual(go);
    });

    test('that is submitted several times at once calls each branch once', async () => {
      await many(async () => {
        const transaction = await prepared(type);
        const replies = await Promise.all([1, 2, 3].map(() => transaction.submit()));
        // One that comes after the end is refused.
        expect(replies.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
        expect(replies.map(({ status }) => status)).toContain(200);
        expect(await transaction.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
        expect(transaction.calls).toEqual(go);
      });
    });

    test('that is submitted and aborted at once does one of the two, and says which', async () => {
      await many(async (index) => {
        const transaction = await prepared(type);
        const [submitted, aborted] = await atOnce(
          index,
          () => transaction.submit(),
          () => transaction.abort('no stock'),
        );
        expect(ascending(submitted, aborted)).toEqual([200, 409]);
        const isSubmitted = submitted.status === 200;
        expect(await transaction.ended()).toMatchObject(
          isSubmitted
            ? { status: 'succeed', rows: 'P S P S', reason: '' }
            : { status: 'failed', rows: 'S P S P', reason: 'no stock' },
        );
        expect(transaction.calls).toEqual(isSubmitted ? go : undo);
      });
    });
  });

  test('a transaction whose branches are registered without any pause times out nevertheless, and undoes those that were accepted', async () => {
    const transactions = await Promise.all(
      [cases.newTcc(), cases.newXa(), cases.newTcc(), cases.newXa()].map(async (transaction) => {
        await transaction.begin({ timeout_to_fail: 1 });
        return { transaction, registered: await registerUntilRefused(transaction) };
      }),
    );
    for (const { transaction, registered } of transactions) {
      expect(registered.refusals).toEqual([409]);
      expect(registered.accepted.length).toBeGreaterThan(0);
      const end = await transaction.ended();
      expect(end).toMatchObject({ status: 'failed', reason: 'Timeout after 1 seconds' });
      expect(end.rows).toBe(registered.accepted.map(() => 'S P').join(' '));
      const undone = transaction.serverRecords.map(({ branchId }) => branchId);
      expect(undone.toSorted()).toEqual(registered.accepted.toSorted());
    }
  });

  test('a message that is submitted and aborted at once is delivered or taken back, and says which', async () => {
    await many(async (index) => {
      const msg = cases.newMsg();
      await msg.begin();
      const [submitted, aborted] = await atOnce(
        index,
        () => msg.submit(),
        () => msg.abort(),
      );
      expect(ascending(submitted, aborted)).toEqual([200, 409]);
      const isSubmitted = submitted.status === 200;
      expect(await msg.ended()).toMatchObject(
        isSubmitted ? { status: 'succeed', rows: 'S S' } : { status: 'failed', rows: 'P P' },
      );
      expect(msg.calls).toEqual(isSubmitted ? ['OUT[01 action]', 'IN[02 action]'] : []);
    });
  });

  test('a message that is submitted several times at once is delivered once', async () => {
    await many(async (index) => {
      const msg = cases.newMsg();
      if (index % 2 === 0) await msg.begin();
      const replies = await Promise.all([1, 2, 3].map(() => msg.submit()));
      expect(replies.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual(['OUT[01 action]', 'IN[02 action]']);
    });
  });

  test('a workflow that ends in two ways at once ends in one, and says which', async () => {
    await many(async (index) => {
      const wf = cases.newWorkflow();
      await wf.prepare();
      const ends = [
        () => wf.submit({ status: 'succeed', result: 'b25l' }),
        () => wf.submit({ status: 'failed', rollback_reason: 'no stock' }),
      ] as const;
      const [succeeded, failed] = await atOnce(index, ...ends);
      expect(ascending(succeeded, failed)).toEqual([200, 500]);
      expect((await wf.state()).status).toBe(succeeded.status === 200 ? 'succeed' : 'failed');
    });
  });

  test('of two records of one step of a workflow, made at once, one is refused', async () => {
    await many(async () => {
      const wf = cases.newWorkflow();
      await wf.prepare();
      const row = { branch_id: '01', op: 'action', status: 'succeed' };
      const replies = await Promise.all(['one', 'other'].map((data) => wf.record({ ...row, data })));
      expect(ascending(...replies)).toEqual([200, 500]);
      const [branch, ...more] = (await cases.api.query(wf.gid)).branches;
      expect(more).toEqual([]);
      const winner = replies[0]?.status === 200 ? 'one' : 'other';
      expect(Buffer.from(branch?.bin_data ?? '', 'base64').toString()).toBe(winner);
    });
  });
});

/** How long a timeout of a second may be overdue on a busy machine. Milliseconds. */
const OVERDUE_MS = 60_000;

interface Registered {
  /** Ids of the branches that were accepted. */
  readonly accepted: readonly string[];
  /** Statuses of the answers that are no success; empty when there has been none for too long. */
  readonly refusals: readonly number[];
}

/** Clients that register side by side: at each instant there is something of theirs under way. */
const REGISTRARS = 4;

/** Each registrar registers a branch as soon as the answer about its last one has come. */
async function registerUntilRefused(transaction: TwoPhaseCase): Promise<Registered> {
  const accepted: string[] = [];
  const refusals = new Set<number>();
  const giveUpAt = Date.now() + OVERDUE_MS;
  let count = 0;
  const registrar = async (): Promise<void> => {
    while (refusals.size === 0 && Date.now() < giveUpAt) {
      count += 1;
      const id = String(count).padStart(4, '0');
      const { status } = await transaction.registerBranch(id, 'A');
      if (status === 200) accepted.push(id);
      else refusals.add(status);
    }
  };
  await Promise.all(Array.from({ length: REGISTRARS }, registrar));
  return { accepted, refusals: [...refusals] };
}

function ascending(...replies: readonly Reply[]): number[] {
  return replies.map(({ status }) => status).sort((a, b) => a - b);
}

/** Both in the same moment, the one that is sent first in turn. */
async function atOnce(
  index: number,
  one: () => Promise<Reply>,
  other: () => Promise<Reply>,
): Promise<readonly [Reply, Reply]> {
  if (index % 2 === 0) return Promise.all([one(), other()]);
  const [second, first] = await Promise.all([other(), one()]);
  return [first, second];
}
