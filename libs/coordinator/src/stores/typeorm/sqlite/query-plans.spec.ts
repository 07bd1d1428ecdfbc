import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GlobalStatus } from '@nestjs-dtx/protocol';
import { openSqlite, sqliteOptions, sqliteTime, type SqliteDatabase } from '@nestjs-dtx/sqlite';
import { DataSource } from 'typeorm';
import type { ListFilter } from '../../records';
import { columnTypesOf } from '../column-types';
import { kvEntity } from '../entities/kv.entity';
import { transBranchOpEntity } from '../entities/trans-branch-op.entity';
import { transGlobalEntity } from '../entities/trans-global.entity';
import { migrate } from '../migrate';
import { MIGRATIONS, MIGRATIONS_TABLE } from '../migrations';
import { TypeormReader } from '../typeorm-reader';
import { SqliteWriter } from './sqlite-writer';

/** What the real binding was asked to prepare. */
const mockPrepared: string[] = [];

jest.mock('@photostructure/sqlite', () => {
  const binding = jest.requireActual<{ DatabaseSync: new (...options: never[]) => SqliteDatabase }>(
    '@photostructure/sqlite',
  );
  class RecordingDatabase extends binding.DatabaseSync {
    override prepare(sql: string) {
      mockPrepared.push(sql);
      return super.prepare(sql);
    }
  }
  return { ...binding, DatabaseSync: RecordingDatabase };
});

const ROWS = 20_000;
const LEASE = { owner: 'me/1', durationMs: 60_000 };

/** One in a thousand is due, failed and so on; all others have succeeded. */
const FILL = `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS})
  INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time, update_time, finish_time, options,
    custom_data, next_cron_interval, next_cron_time, ext_data, result, rollback_reason, branch_count, last_error,
    business_key)
  SELECT printf('g%06d', n), IIF(n % 1000 = 1, 'msg', 'saga'),
    CASE n % 1000 WHEN 2 THEN 'failed' WHEN 3 THEN 'submitted' WHEN 4 THEN 'prepared' ELSE 'succeed' END, '', 'http',
    ?1, ?1, ?1, '{}', '', 10, IIF(n % 1000 = 3, ?1, NULL), '', '', '', 0, '', IIF(n % 10 = 5, 'shop', '') FROM numbers`;

/**
 * A plan step that reads a table or an index from one end, or that sorts what it has read (`p0` and so on are the one row of
 * a subquery). SQLite plans without statistics,
 * as none are ever made, so these plans do not change with the number of rows.
 */
const EXPENSIVE = /^SCAN (?!p\d)|TEMP B-TREE/;
/** The branches of one transaction, and the entries of one category, are few. */
const SMALL_SORT = /^USE TEMP B-TREE FOR ORDER BY: SELECT .* FROM "?(trans_branch_op|kv)"? .*WHERE .*(gid|cat)"? = \?/;

describe('the statements of the SQLite store on 20,000 rows', () => {
  let directory: string;
  let file: string;
  let eyes: SqliteDatabase;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-plans-'));
    file = join(directory, 'test.sqlite');
    const dataSource = await connect();
    await migrate(dataSource, { auto: true });
    await dataSource.destroy();
    eyes = openSqlite(file);
    eyes.prepare(FILL).run(sqliteTime(Date.now() - 3_600_000));
  });

  afterAll(async () => {
    eyes.close();
    await rm(directory, { recursive: true });
  });

  /** A connection that has prepared nothing yet, as TypeORM keeps its statements. */
  function connect(): Promise<DataSource> {
    const types = columnTypesOf('better-sqlite3');
    const dataSource = new DataSource({
      ...sqliteOptions(file),
      entities: [transGlobalEntity(types), transBranchOpEntity(types), kvEntity(types)],
      migrations: MIGRATIONS,
      migrationsTableName: MIGRATIONS_TABLE,
    });
    return dataSource.initialize();
  }

  async function reading(work: (reader: TypeormReader, dataSource: DataSource) => Promise<unknown>): Promise<void> {
    const dataSource = await connect();
    await work(new TypeormReader(dataSource), dataSource);
    await dataSource.destroy();
  }

  /** @returns the steps of all statements on our tables that the work has run, each as `step: statement` */
  async function plansOf(work: () => unknown): Promise<string[]> {
    mockPrepared.length = 0;
    await work();
    const statements = new Set(mockPrepared.filter((sql) => /trans_|\bkv\b/.test(sql)));
    return [...statements].flatMap((sql) =>
      (eyes.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(
        ({ detail }) => `${detail}: ${sql}`,
      ),
    );
  }

  async function expectCheap(work: () => unknown): Promise<void> {
    const plans = await plansOf(work);
    expect(plans).not.toEqual([]);
    expect(plans.filter((plan) => EXPENSIVE.test(plan) && !SMALL_SORT.test(plan))).toEqual([]);
  }

  test('would be found out if they read everything', async () => {
    const plans = await plansOf(() =>
      reading((_, dataSource) => dataSource.query("SELECT id FROM trans_global WHERE last_error = 'x'")),
    );
    expect(plans.filter((plan) => EXPENSIVE.test(plan))).toHaveLength(1);
  });

  test.each<[string, (writer: SqliteWriter) => unknown]>([
    ['claim', (writer) => writer.claim(5, LEASE)],
    ['renew', (writer) => writer.renew([{ gid: 'g000003', epoch: 1 }], 1000)],
    ['rearm', (writer) => writer.rearm('g000004')],
    ['rearmFarFuture', (writer) => writer.rearmFarFuture(1000, 5)],
    ['purge', (writer) => writer.purge({ finishedForMs: 1000, afterId: 0, limit: 50 })],
    ['kvPut', (writer) => writer.kvPut({ category: 'c', key: 'k', value: 'v' })],
    ['kvDelete', (writer) => writer.kvDelete('c', 'k')],
  ])('find what they need by an index: %s', async (_name, work) => {
    const writer = new SqliteWriter(file);
    await expectCheap(() => work(writer));
    writer.close();
  });

  test('take over what a dead owner held without reading what has ended', async () => {
    const writer = new SqliteWriter(file);
    await expectCheap(() => writer.takeOver());
    writer.close();
  });

  test.each<[string, (reader: TypeormReader) => Promise<unknown>]>([
    ['one transaction', (reader) => reader.find('g000003')],
    ['the rows of one category', (reader) => reader.kvScan('services')],
    ['a page of them', (reader) => reader.kvPage({ category: 'services', limit: 2 })],
    ['a later page', (reader) => reader.kvPage({ category: 'services', afterKey: 'k', limit: 2 })],
    ['one of them', (reader) => reader.kvFind('services', 'k')],
  ])('find by an index: %s', (_what, work) => expectCheap(() => reading(work)));

  const statuses: (GlobalStatus | undefined)[] = [undefined, 'prepared', 'submitted', 'aborting', 'succeed', 'failed'];
  const filters = statuses.flatMap((status) =>
    (['msg', undefined] as const).flatMap((transType) =>
      [{}, { createdFrom: Date.now() - 7_200_000, createdTo: Date.now() }].flatMap((range) =>
        [{}, { businessKey: 'shop' }].map((key) => ({
          ...(status && { status }),
          ...(transType && { transType }),
          ...range,
          ...key,
        })),
      ),
    ),
  );

  test.each(filters)('list a page by an index: %j', async (filter) => {
    const query: ListFilter = { ...filter, limit: 20 };
    await expectCheap(() => reading((reader) => reader.list(query)));
    await expectCheap(() => reading((reader) => reader.list({ ...query, beforeId: 15_000 })));
  });
});
