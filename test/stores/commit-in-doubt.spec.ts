import { ServerStore, type TransactionStore, type Write, type WriteResult } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { CommitRelay, type PassingCommit } from './commit-relay';
import { change, finish, newLease, outcome, registration, saga, submission } from './saga-writes';
import { SecondSession } from './second-session';

const EVERY_CASE: readonly Case[] = [
  {
    name: 'a submit of a new gid',
    write: (gid) => saga(newLease(), gid),
    effect: (gid) => globalIs(gid, "status = 'submitted' AND epoch = 1 AND lease_until IS NOT NULL"),
    branches: 'prepared prepared prepared prepared',
  },
  {
    name: 'a prepare',
    write: (gid) => saga(undefined, gid),
    effect: (gid) => globalIs(gid, "status = 'prepared' AND epoch = 1"),
    branches: 'prepared prepared prepared prepared',
  },
  {
    name: 'a submit of a prepared gid',
    before: (gid) => saga(undefined, gid),
    write: (gid) => submission(gid),
    effect: (gid) => globalIs(gid, "status = 'submitted' AND epoch = 2 AND lease_until IS NOT NULL"),
    branches: 'prepared prepared prepared prepared',
    hasLease: true,
  },
  {
    name: 'an abort',
    before: (gid) => saga(undefined, gid),
    write: (gid) => change(gid, 'prepared', 'aborting'),
    effect: (gid) => globalIs(gid, "status = 'aborting' AND epoch = 2"),
    branches: 'prepared prepared prepared prepared',
  },
  {
    name: 'a registration',
    before: (gid) => saga(undefined, gid),
    write: (gid) => registration(gid),
    effect: (gid) => globalIs(gid, 'branch_count = 6'),
    branches: 'prepared prepared prepared prepared prepared prepared',
  },
  {
    name: 'an outcome',
    before: (gid) => saga(newLease(), gid),
    write: (gid) => outcome(gid, 1),
    effect: (gid) => `SELECT count(*) FROM trans_branch_op WHERE gid = '${gid}' AND status = 'succeed'`,
    branches: 'prepared succeed prepared prepared',
  },
  {
    name: 'the last outcome',
    before: (gid) => saga(newLease(), gid),
    write: (gid) => finish(gid, 1),
    effect: (gid) => globalIs(gid, "status = 'succeed' AND epoch = 1 AND lease_until IS NULL"),
    branches: 'prepared prepared prepared prepared',
  },
];

describe('a connection that is lost during a commit', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let relay: CommitRelay;
    let observer: SecondSession;
    let store: TransactionStore;

    beforeAll(async () => {
      const database = await freshDatabase(cleanup, engine.name as ServerName);
      relay = await CommitRelay.start(cleanup, database.port);
      observer = await SecondSession.open(cleanup, database);
      store = new ServerStore({ ...database, host: '127.0.0.1', port: relay.port, autoMigrate: true });
      await store.open();
      cleanup.add(() => store.close());
    });
    afterAll(() => cleanup.run());

    const isCommitted = (effect: string) =>
      until('the commit took effect', async () => (await observer.number(effect)) === 1);

    describe.each([
      ['before the commit reaches the server', lost],
      ['after the commit, before its answer', unanswered],
      ['and the commit reaches the server while it is looked for', late],
      ['and the server gives up while it is looked for', abandoned],
    ] as const)('%s', (_name, happens) => {
      test.each(EVERY_CASE)('$name takes effect once', async ({ before, write, effect, branches, hasLease }) => {
        const gid = newGid();
        if (before) await store.write(before(gid));
        const written = write(gid);
        relay.next((commit) => happens(commit, effect(gid)));
        const result: WriteResult = await store.write(written);
        relay.check();
        expect(result).toMatchObject({ result: 'applied' });
        expect(await observer.number(effect(gid))).toBe(1);
        expect(await statusesOf(gid)).toBe(branches);
        if (!hasLease) return;
        expect(result).toMatchObject({ epoch: 2, leased: { epoch: 2, snapshot: { gid, status: 'submitted' } } });
      });
    });

    test('each write of a batch learns its own result', async () => {
      const gids = Array.from({ length: 12 }, () => newGid());
      for (const gid of gids) await store.write(saga(newLease(), gid));
      const fresh = newGid();
      const writes: Write[] = [
        ...gids.map((gid, index) => outcome(gid, index % 3 === 0 ? 7 : 1)),
        saga(newLease(), fresh),
      ];
      // What is stale among them is only found by looking.
      relay.next((commit) => unanswered(commit, globalIs(fresh, 'epoch = 1')), { looked: true });
      const results: WriteResult[] = await Promise.all(writes.map((write) => store.write(write)));
      relay.check();
      const expected = writes.map((_write, index) => (index % 3 === 0 && index < gids.length ? 'stale' : 'applied'));
      expect(results.map(({ result }) => result)).toEqual(expected);
    });

    test('what somebody else has stored meanwhile is not taken for our own', async () => {
      const gid = newGid();
      relay.next(async (commit) => {
        relay.open(false);
        commit.cutServer();
        await until('the gid is free', () => observer.run(otherInsert(gid)));
        commit.cutClient();
        relay.open(true);
      });
      const result = await store.write(saga(newLease(), gid));
      relay.check();
      expect(result).toMatchObject({ result: 'duplicate', stored: { status: 'submitted', branchCount: 0 } });
    });

    test('nothing is claimed while the server stays away, and a repetition learns the truth', async () => {
      const gid = newGid();
      relay.next(async (commit) => {
        relay.open(false);
        await unanswered(commit, globalIs(gid, 'epoch = 1'));
      });
      await expect(store.write(saga(newLease(), gid))).rejects.toMatchObject({ code: 'DTX_STORE_UNAVAILABLE' });
      relay.check();
      relay.open(true);
      expect(await store.write(saga(newLease(), gid))).toMatchObject({
        result: 'duplicate',
        stored: { status: 'submitted', branchCount: 4 },
      });
    });

    async function lost(commit: PassingCommit): Promise<void> {
      commit.cutServer();
      commit.cutClient();
    }

    async function unanswered(commit: PassingCommit, effect: string): Promise<void> {
      commit.mute();
      commit.send();
      await isCommitted(effect);
      commit.cutClient();
      commit.cutServer();
    }

    async function late(commit: PassingCommit, effect: string): Promise<void> {
      commit.mute();
      commit.cutClient();
      await isLookedFor(effect);
      commit.send();
    }

    async function abandoned(commit: PassingCommit, effect: string): Promise<void> {
      commit.cutClient();
      await isLookedFor(effect);
      commit.cutServer();
    }

    /** An insert that travels with its commit keeps nobody waiting: then the repetition has stored it. */
    async function isLookedFor(effect: string): Promise<void> {
      const isSo = async () => (await observer.waiting()) === 1 || (await observer.number(effect)) === 1;
      await until('the store looks for what became of its commit', isSo, { everyMs: 2 });
    }

    async function statusesOf(gid: string): Promise<string> {
      return (await store.find(gid))!.branches.map(({ status }) => status).join(' ');
    }
  });
});

/** A write, and what has to have become of it in the end. */
interface Case {
  readonly name: string;
  readonly before?: (gid: string) => Write;
  readonly write: (gid: string) => Write;
  /** Counts 1 when it took effect exactly once. */
  readonly effect: (gid: string) => string;
  readonly branches: string;
  readonly hasLease?: boolean;
}

function globalIs(gid: string, condition: string): string {
  return `SELECT count(*) FROM trans_global WHERE gid = '${gid}' AND ${condition}`;
}

function otherInsert(gid: string): string {
  return `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time, update_time, options,
    custom_data, owner, ext_data, result, rollback_reason, epoch, last_error) VALUES ('${gid}', 'saga', 'submitted', '',
    'http', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, '{}', '', 'other', '', '', '', 1, '')`;
}
