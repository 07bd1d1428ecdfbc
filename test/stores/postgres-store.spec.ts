import { ServerStore, type AdvanceWrite, type InsertWrite, type TransactionStore } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import { storeContract } from '@nestjs-dtx/testing';
import { Client } from 'pg';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { freshDatabase, type DatabaseAddress } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { serverHarness } from './server-harness';

const LEASE = { owner: 'tester/1', durationMs: 60_000 };

/** Of a table that was never analysed the planner expects so many gids to have all rows. */
const CLAIMED = 250;

const ENGINES = SHARED_ENGINES.filter(({ name }) => name === 'postgres');

describeEngines(ENGINES, () => storeContract('postgres', serverHarness('postgres')));

describeEngines(ENGINES, () => {
  let cleanup: Cleanup;
  let database: DatabaseAddress;

  beforeEach(async () => {
    cleanup = new Cleanup();
    database = await freshDatabase(cleanup, 'postgres');
  });
  afterEach(() => cleanup.run());

  it('keeps its clock, its isolation and its durability whatever the database is set to', async () => {
    await (await openStore(database)).close();
    const operator = await connect();
    for (const setting of [
      "TimeZone = 'Asia/Kathmandu'",
      "DateStyle = 'SQL, DMY'",
      'synchronous_commit = off',
      "default_transaction_isolation = 'serializable'",
      'jit = on',
      'max_parallel_workers_per_gather = 4',
    ]) {
      await operator.query(`ALTER DATABASE ${database.database} SET ${setting}`);
    }
    await operator.query(WITNESS);
    const store = await openStore(database);
    cleanup.add(() => store.close());
    const write = saga();
    await store.write(write);
    const stored = (await store.find(write.gid))!.transaction;
    const { rows } = await operator.query('SELECT *, extract(epoch FROM clock_timestamp()) * 1000 AS now FROM witness');
    expect(rows[0]).toMatchObject({ zone: 'UTC', commit: 'on', isolation: 'read committed', jit: 'off', helpers: '0' });
    expect(stored.createTime).toBeGreaterThan(Number(rows[0].now) - 10_000);
    expect(stored.createTime).toBeLessThanOrEqual(Number(rows[0].now));
    expect(stored.leaseUntil).toBe(stored.createTime + LEASE.durationMs);
    const listed = await store.list({ limit: 1, createdFrom: stored.createTime, createdTo: stored.createTime });
    expect(listed.transactions.map(({ gid }) => gid)).toEqual([write.gid]);
  });

  it('reads no table whole though none was ever analysed, and keeps outcomes on the page of their branch', async () => {
    await (await openStore(database)).close();
    const before = await tableStatistics();
    const store = await openStore(database);
    await Promise.all(Array.from({ length: 300 }, () => runSaga(store)));
    const left = saga(0);
    await store.write(left);
    expect(await store.claim(10, LEASE)).toHaveLength(1);
    expect(await store.renew([{ gid: left.gid, epoch: 2 }], 60_000)).toEqual([]);
    await store.rearmFarFuture(1000, 10);
    await store.purge({ finishedForMs: 60_000, afterId: 0, limit: 100 });
    await store.close();
    const after = await tableStatistics();
    expect(after.map(({ scans }) => scans)).toEqual(before.map(({ scans }) => scans));
    const branches = after.find(({ name }) => name === 'trans_branch_op')!;
    expect(branches.updates).toBe(600);
    expect(branches.kept / branches.updates).toBeGreaterThan(0.9);
  });

  it('reads the branches of what it claims by their gids, though the table was never analysed', async () => {
    await (await openStore(database)).close();
    const operator = await connect();
    // On a large table the same with the defaults: rather in the order of all rows than sorted.
    await operator.query(`ALTER DATABASE ${database.database} SET random_page_cost = 1`);
    await operator.query(`ALTER DATABASE ${database.database} SET work_mem = '64kB'`);
    const store = await openStore(database);
    await Promise.all(Array.from({ length: 2 * CLAIMED }, () => store.write(saga(0))));
    const before = await branchesReadInOrder();
    expect(await store.claim(CLAIMED, LEASE)).toHaveLength(CLAIMED);
    await store.close();
    await tableStatistics();
    expect(await branchesReadInOrder()).toBe(before);
  });

  it('locks the rows of a batch in the order of their gids', async () => {
    const store = await openStore(database);
    cleanup.add(() => store.close());
    const gids = ['order-a', 'order-b', 'order-c'];
    for (const gid of gids) await store.write(saga(60_000, gid));
    const [holder, witness] = [await connect(), await connect()];
    await holder.query("BEGIN; SELECT 1 FROM trans_global WHERE gid = 'order-b' FOR UPDATE");
    const results = Promise.all(gids.toReversed().map((gid) => store.write(outcome(gid, '01'))));
    await until('the batch waits for the row', async () => (await waiting(witness)) === 1);
    const free = await witness.query('SELECT gid FROM trans_global FOR UPDATE SKIP LOCKED');
    expect(free.rows).toEqual([{ gid: 'order-c' }]);
    await holder.query('COMMIT');
    expect((await results).map(({ result }) => result)).toEqual(['applied', 'applied', 'applied']);
  });

  it('fails the writes to a row that somebody keeps locked, and no others', async () => {
    const store = await openStore(database);
    cleanup.add(() => store.close());
    const gids = ['kept', 'free'];
    for (const gid of gids) await store.write(saga(60_000, gid));
    const holder = await connect();
    await holder.query("BEGIN; SELECT 1 FROM trans_global WHERE gid = 'kept' FOR UPDATE");
    const results = await Promise.allSettled(gids.map((gid) => store.write(outcome(gid, '01'))));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await holder.query('COMMIT');
    expect(await store.write(outcome('kept', '01'))).toMatchObject({ result: 'applied' });
  });

  it('refuses a text that it cannot hold, and nothing else', async () => {
    const store = await openStore(database);
    cleanup.add(() => store.close());
    const [good, bad] = [saga(), saga()];
    const withNul = { ...bad, transaction: { ...bad.transaction, customData: 'a\0b' } };
    const results = await Promise.allSettled([store.write(withNul), store.write(good)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('writes nothing to a server that has become read-only, and goes on when that is over', async () => {
    const store = await openStore(database);
    cleanup.add(() => store.close());
    await store.write(saga());
    const operator = await connect();
    const fail = async (readOnly: 'on' | 'off') => {
      await operator.query(`ALTER DATABASE ${database.database} SET default_transaction_read_only = ${readOnly}`);
      await operator.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    };
    await fail('on');
    const refusal = until('a session is read-only', () =>
      store.write(saga()).then(
        () => undefined,
        (error: unknown) => (/read-only/.test(String(error)) ? error : undefined),
      ),
    );
    expect(await refusal).toMatchObject({ code: 'DTX_STORE_UNAVAILABLE' });
    await fail('off');
    const write = saga();
    await until('the store writes again', async () => (await store.write(write)).result !== undefined);
    expect(await store.find(write.gid)).toMatchObject({ transaction: { gid: write.gid } });
  });

  async function connect(): Promise<Client> {
    const client = new Client({ ...database });
    await client.connect();
    cleanup.add(() => client.end());
    return client;
  }

  /** Entries of the primary key that were read: whoever looks for some gids has no business there. */
  async function branchesReadInOrder(): Promise<number> {
    const { rows } = await (
      await connect()
    ).query<{ read: number }>(`SELECT idx_tup_read::integer AS read
      FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid) WHERE relname = 'trans_branch_op' AND indisprimary`);
    return rows[0]!.read;
  }

  async function tableStatistics(): Promise<readonly TableStatistics[]> {
    const client = await connect();
    await until('the store has left', async () => (await sessions(client)) === 0);
    const { rows } = await client.query<TableStatistics>(`SELECT relname AS name, seq_scan::integer AS scans,
        n_tup_upd::integer AS updates, n_tup_hot_upd::integer AS kept FROM pg_stat_user_tables
        WHERE relname LIKE 'trans%' ORDER BY relname`);
    return rows;
  }
});

/** What PostgreSQL counts: reads of the whole table, updates, and those that left the indexes alone. */
interface TableStatistics {
  readonly name: string;
  readonly scans: number;
  readonly updates: number;
  readonly kept: number;
}

/** Notes the settings of the session that inserts. */
const WITNESS = `CREATE TABLE witness (zone text, commit text, isolation text, jit text, helpers text);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness VALUES (current_setting('TimeZone'), current_setting('synchronous_commit'),
      current_setting('transaction_isolation'), current_setting('jit'),
      current_setting('max_parallel_workers_per_gather'));
    RETURN NEW; END $$;
  CREATE TRIGGER note BEFORE INSERT ON trans_global FOR EACH ROW EXECUTE FUNCTION note()`;

async function openStore(database: DatabaseAddress): Promise<TransactionStore> {
  const store = new ServerStore({ ...database, autoMigrate: true });
  await store.open();
  return store;
}

async function runSaga(store: TransactionStore): Promise<void> {
  const write = saga();
  await store.write(write);
  await store.write(outcome(write.gid, '01'));
  const park = { dueInMs: null, intervalMs: 10_000, attempts: 0, lastError: '' };
  const last = await store.write({ ...outcome(write.gid, '02'), status: 'succeed', park });
  expect(last.result).toBe('applied');
}

function saga(leaseMs = LEASE.durationMs, gid = newGid()): InsertWrite {
  return {
    kind: 'insert',
    gid,
    intervalMs: 10_000,
    lease: { ...LEASE, durationMs: leaseMs },
    transaction: {
      gid,
      transType: 'saga',
      status: 'submitted',
      protocol: 'http',
      queryPrepared: '',
      customData: '',
      businessKey: '',
      options: {},
      branches: ['01', '02'].flatMap((branchId) =>
        ['compensate', 'action'].map((op) => ({
          branchId,
          op,
          url: `http://service/${branchId}/${op}`,
          payload: Buffer.from('{"amount":30}'),
          status: 'prepared' as const,
        })),
      ),
    },
  };
}

function outcome(gid: string, branchId: string): AdvanceWrite {
  return { kind: 'advance', gid, epoch: 1, branches: [{ branchId, op: 'action', status: 'succeed' }] };
}

/** @returns how many sessions of the database wait for a lock */
async function waiting(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return Number(rows[0]!.count);
}

/** @returns how many sessions of the store the database has */
async function sessions(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'nestjs-dtx coordinator'`);
  return Number(rows[0]!.count);
}
