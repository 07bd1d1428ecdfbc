import { ServerStore, type AdvanceWrite, type TransactionStore, type Write } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { finish, newLease, outcome, registration, saga, submission } from './saga-writes';

const LEASE_MS = 34_567;

/** What a transaction goes through, one write after the other. */
const LIVES: Readonly<Record<string, (gid: string) => readonly Write[]>> = {
  'of a submit': (gid) => [sagaWith(gid)],
  'of a prepare that is visited later': (gid) => {
    const prepared = saga(undefined, gid);
    return [{ ...prepared, transaction: { ...prepared.transaction, firstVisitAfterMs: 12_345 } }];
  },
  'of outcomes': (gid) => [sagaWith(gid), outcome(gid, 1), { ...outcome(gid, 1, '02'), branches: failedBoth() }],
  'of an outcome with the end': (gid) => [sagaWith(gid), { ...finish(gid, 1), branches: outcome(gid, 1).branches }],
  'of a failure that is tried again': (gid) => [sagaWith(gid), parked(gid)],
  'of a roll-back under a later epoch': (gid) => [
    saga(undefined, gid),
    submission(gid, newLease(LEASE_MS)),
    { ...outcome(gid, 2), status: 'aborting', rollbackReason: 'it\'s \\ "so" ❄' },
    { ...finish(gid, 2), status: 'failed' },
  ],
};

describe('a batch that is written as foreseen', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let store: TransactionStore;

    beforeAll(async () => {
      const database = await freshDatabase(cleanup, engine.name as ServerName);
      // What is written in one turn is one batch then.
      store = new ServerStore({ ...database, autoMigrate: true });
      await store.open();
      cleanup.add(() => store.close());
      // The first one learns what the server takes.
      await store.write(saga());
    });
    afterAll(() => cleanup.run());

    test.each(Object.entries(LIVES))('leaves what one leaves that looks first: %s', async (_name, lifeOf) => {
      const [foreseen, looked] = [newGid(), newGid()];
      for (const write of lifeOf(foreseen)) expect(await store.write(write)).toMatchObject({ result: 'applied' });
      for (const write of lifeOf(looked)) {
        expect(await besideARegistration(write)).toMatchObject({ result: 'applied' });
      }
      const left = await remains(looked);
      expect(left.branches).toHaveLength(4);
      expect(await remains(foreseen)).toEqual(left);
    });

    test('tells the time that it has written', async () => {
      const gid = newGid();
      const result = await store.write(sagaWith(gid));
      const { transaction } = (await store.find(gid))!;
      expect(result).toMatchObject({ now: transaction.createTime });
      expect(transaction.leaseUntil).toBe(transaction.createTime + LEASE_MS);
    });

    test('is written whole or not at all: each write learns its own result when one is stale', async () => {
      const [held, lost, ended, fresh] = [newGid(), newGid(), newGid(), newGid()];
      for (const gid of [held, lost, ended]) await store.write(sagaWith(gid));
      await store.write(finish(ended, 1));
      const writes = [outcome(held, 1), outcome(lost, 2), outcome(ended, 1), sagaWith(fresh), sagaWith(held)];
      const results = await Promise.all(writes.map((write) => store.write<Write>(write)));
      expect(results.map(({ result }) => result)).toEqual(['applied', 'stale', 'stale', 'applied', 'duplicate']);
      expect((await remains(lost)).branches.map(({ status }) => status)).not.toContain('succeed');
      expect((await remains(held)).branches.map(({ status }) => status)).toContain('succeed');
    });

    /** The registration has to look, and everything in its batch with it. */
    async function besideARegistration(write: Write): Promise<unknown> {
      const prepared = saga();
      await store.write(prepared);
      const [result, registered] = await Promise.all([
        store.write<Write>(write),
        store.write(registration(prepared.gid)),
      ]);
      expect(registered).toMatchObject({ result: 'applied' });
      return result;
    }

    /** All that is stored, with its times told from that of its last change, and without what differs by nature. */
    async function remains(gid: string) {
      const { transaction, branches } = (await store.find(gid))!;
      const { id: _id, gid: _gid, owner, createTime, updateTime, ...rest } = transaction;
      const since = (time: number | null) => time !== null && time - updateTime;
      return {
        ...rest,
        hasOwner: owner !== '',
        isUpdated: updateTime >= createTime,
        nextCronTime: since(rest.nextCronTime),
        leaseUntil: since(rest.leaseUntil),
        finishTime: since(rest.finishTime),
        rollbackTime: since(rest.rollbackTime),
        branches: branches.map((branch) => ({
          name: `${branch.branchId} ${branch.op}`,
          url: branch.url,
          payload: Buffer.from(branch.payload).toString('hex'),
          status: branch.status,
          isFinished: branch.finishTime === branch.updateTime,
          isRolledBack: branch.rollbackTime === branch.updateTime,
        })),
      };
    }
  });
});

function sagaWith(gid: string) {
  return saga(newLease(LEASE_MS), gid);
}

function failedBoth(): AdvanceWrite['branches'] {
  return [
    { branchId: '02', op: 'action', status: 'failed' },
    { branchId: '01', op: 'compensate', status: 'succeed' },
  ];
}

function parked(gid: string): AdvanceWrite {
  const park = { dueInMs: 7_531, intervalMs: 20_000, attempts: 3, lastError: 'no answer' };
  return { kind: 'advance', gid, epoch: 1, branches: [], park };
}
