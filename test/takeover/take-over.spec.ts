import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { PROJECT_ROOT } from '../support/project-root';
import type { ServerName } from '../support/servers';
import { SHARED_ENGINES } from '../support/store-engine';
import { BINARY, DtmDatabase } from './fixture/dtm-database';
import { isFinished } from './fixture/dtm-rows';
import { migrate, schemaStatus } from './fixture/migrate';
import { MOMENTS } from './fixture/moments';

/** The statements of docs/takeover.md, which for PostgreSQL leaves the renaming to the reader. */
function wayBack(engine: ServerName): string[] {
  const page = readFileSync(join(PROJECT_ROOT, 'docs/takeover.md'), 'utf8');
  const [, block = ''] = /```sql\n(.*?)```/s.exec(page) ?? [];
  const [drop = '', rename = ''] = block.replaceAll(/^--.*$/gm, '').split(';');
  if (engine === 'mariadb') return [drop, rename];
  return [
    drop,
    ...[...rename.matchAll(/(dtm_\w+) TO (\w+)/g)].map(([, from, to]) => `ALTER TABLE ${from} RENAME TO ${to}`),
  ];
}

describeEngines(SHARED_ENGINES, ({ name }) => {
  const engine = name as ServerName;
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  describe('a database of dtm that was taken over', () => {
    let database: DtmDatabase;
    let before: Record<string, unknown>;

    beforeAll(async () => {
      database = await DtmDatabase.create(cleanup, engine);
      before = await snapshot('');
      await migrate(database);
    });

    async function snapshot(prefix: string): Promise<Record<string, unknown>> {
      const tables = ['trans_global', 'trans_branch_op', 'kv'];
      const rows = await Promise.all(tables.map((table) => database.rows(prefix + table)));
      return Object.fromEntries(tables.map((table, index) => [table, rows[index]]));
    }

    it('keeps every transaction in its mode and status, with all that dtm knew of it', async () => {
      const found =
        await database.query(`SELECT gid, trans_type, status, query_prepared, protocol, options, custom_data,
        next_cron_interval, ext_data, result, rollback_reason FROM trans_global ORDER BY id`);
      const kept = before['trans_global'] as Record<string, unknown>[];
      const expected = kept.map((row) =>
        Object.fromEntries(Object.keys(found[0]!).map((key) => [key, row[key] ?? ''])),
      );
      expect(found).toEqual(expected);
      expect(found).toHaveLength(25);
    });

    it('has the instants that its local times were', async () => {
      const columns = ['create_time', 'update_time', 'finish_time', 'rollback_time', 'next_cron_time'];
      const found = await database.query(
        `SELECT ${columns.map((column) => `${database.iso(column)} AS ${column}`).join(', ')} FROM trans_global ORDER BY id`,
      );
      const expected = database.transactions.map(({ status, created, updated, last }) => ({
        create_time: created.utc,
        update_time: updated.utc,
        finish_time: status === 'succeed' ? last.utc : null,
        rollback_time: status === 'failed' ? last.utc : null,
        // The end is the end: what has a next visit is found by the due-scan.
        next_cron_time: isFinished(status) ? null : last.utc,
      }));
      expect(found).toEqual(expected);
    });

    it("has no leases: dtm's tokens are none", async () => {
      const held = 'owner, lease_until, epoch, attempts, last_error, business_key';
      const found = await database.query(`SELECT DISTINCT ${held} FROM trans_global`);
      expect(found.map((row) => ({ ...row, epoch: Number(row['epoch']), attempts: Number(row['attempts']) }))).toEqual([
        { owner: '', lease_until: null, epoch: 1, attempts: 0, last_error: '', business_key: '' },
      ]);
    });

    it('keeps every branch with its payload, and the order of registration', async () => {
      const found = await database.query(
        `SELECT gid, branch_id, op, url, status, bin_data FROM trans_branch_op WHERE gid <> 'nobody' ORDER BY id`,
      );
      const expected = database.transactions.flatMap(({ gid, branches }) =>
        branches.map(({ branchId, op, url, status, payload }) => ({
          gid,
          branch_id: branchId,
          op,
          url,
          status,
          bin_data: Buffer.from(payload),
        })),
      );
      expect(found).toEqual(expected);
    });

    it('knows how many branches each transaction has', async () => {
      const found = await database.query('SELECT gid, branch_count FROM trans_global ORDER BY id');
      expect(found.map((row) => [row['gid'], Number(row['branch_count'])])).toEqual(
        database.transactions.map(({ gid, branches }) => [gid, branches.length]),
      );
    });

    it('finds transactions and branches by their exact gids only', async () => {
      const { gid } = database.transactions[1]!;
      for (const table of ['trans_global', 'trans_branch_op']) {
        const found = await database.query(
          `SELECT DISTINCT gid FROM ${table} WHERE gid IN ('${gid}', '${gid.toUpperCase()}')`,
        );
        expect(found).toEqual([{ gid }]);
        expect(await database.query(`SELECT gid FROM ${table} WHERE gid = '${gid.toUpperCase()}'`)).toEqual([]);
      }
    });

    it('keeps a branch without a transaction, with bytes that are no text', async () => {
      const times = `${database.iso('create_time')} AS created, ${database.iso('update_time')} AS updated`;
      const found = await database.query(`SELECT bin_data, ${times} FROM trans_branch_op WHERE gid = 'nobody'`);
      expect(found).toEqual([{ bin_data: BINARY, created: MOMENTS[2]!.utc, updated: MOMENTS[3]!.utc }]);
    });

    it('keeps topics with their versions', async () => {
      const times = `${database.iso('create_time')} AS created, ${database.iso('update_time')} AS updated`;
      const [found] = await database.query(`SELECT cat, k, v, version, ${times} FROM kv`);
      expect({ ...found, version: Number(found?.['version']) }).toEqual({
        cat: 'topics',
        k: 'Orders',
        v: '{"subscribers":[]}',
        version: 7,
        created: MOMENTS[0]!.utc,
        updated: MOMENTS[1]!.utc,
      });
    });

    it('keeps the rows of dtm as they were, under other names', async () => {
      expect(await snapshot('dtm_')).toEqual(before);
    });

    it('gives new rows ids after those of dtm', async () => {
      const now = engine === 'mariadb' ? 'UTC_TIMESTAMP(3)' : 'now()';
      await database.query(
        `INSERT INTO kv (cat, k, v, create_time, update_time) VALUES ('c', 'k', 'v', ${now}, ${now})`,
      );
      expect((await database.query('SELECT id FROM kv ORDER BY id')).map(({ id }) => Number(id))).toEqual([1, 2]);
      await database.query("DELETE FROM kv WHERE cat = 'c'");
    });

    it('is up to date, and stays as it is when the command is run again', async () => {
      const after = await snapshot('');
      await migrate(database);
      expect(await snapshot('')).toEqual(after);
      expect(await schemaStatus(database)).toMatchObject({ pending: [], takeOver: 'none' });
    });
  });

  it('takes over tables of an early dtm: what came later is empty, payloads are where they were then', async () => {
    const database = await DtmDatabase.create(cleanup, engine, { age: 'early' });
    await migrate(database);
    const globals = await database.query('SELECT gid, ext_data, result, rollback_reason FROM trans_global ORDER BY id');
    expect(globals).toEqual(
      database.transactions.map(({ gid }) => ({ gid, ext_data: '', result: '', rollback_reason: '' })),
    );
    const branches = await database.query('SELECT bin_data FROM trans_branch_op ORDER BY id');
    expect(branches.map((row) => String(row['bin_data']))).toEqual(
      database.transactions.flatMap((transaction) => transaction.branches.map(({ payload }) => payload)),
    );
    expect(await database.rows('kv')).toEqual([]);
  });

  it('leads back to dtm by the documented statements, and can be repeated then', async () => {
    const database = await DtmDatabase.create(cleanup, engine);
    const before = await database.rows('trans_global');
    await migrate(database, { sourceTimeZone: engine === 'mariadb' ? 'Asia/Tokyo' : undefined });
    for (const statement of wayBack(engine)) await database.query(statement);
    expect(await database.rows('trans_global')).toEqual(before);
    await migrate(database);
    const [row] = await database.query(
      `SELECT ${database.iso('create_time')} AS created FROM trans_global WHERE id = 1`,
    );
    expect(row).toEqual({ created: MOMENTS[0]!.utc });
  });
});
