import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newGid } from '@nestjs-dtx/protocol';
import { openSqlite, sqliteOptions, type SqliteDatabase } from '@nestjs-dtx/sqlite';
import { DataSource } from 'typeorm';
import { ENDED_LEASE, insertWrite } from '../../insert-write.spec-helper';
import type { AdvanceWrite, Write, WriteResult } from '../../writes';
import { migrate } from '../migrate';
import { MIGRATIONS, MIGRATIONS_TABLE } from '../migrations';
import { SqliteWriter } from './sqlite-writer';
import { decodeOutcomes } from './write-codec';

const LEASE = { owner: 'me/1', durationMs: 60_000 };

/** The writer itself, without the thread that it lives in otherwise. */
describe('the writer of the SQLite file', () => {
  let directory: string;
  let file: string;
  let writer: SqliteWriter;
  let eyes: SqliteDatabase;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-writer-'));
    file = join(directory, 'test.sqlite');
    const migrations = { migrations: MIGRATIONS, migrationsTableName: MIGRATIONS_TABLE };
    const dataSource = await new DataSource({ ...sqliteOptions(file), ...migrations }).initialize();
    await migrate(dataSource, { auto: true });
    await dataSource.destroy();
    writer = new SqliteWriter(file);
    eyes = openSqlite(file);
  });

  afterEach(async () => {
    eyes.close();
    writer.close();
    await rm(directory, { recursive: true });
  });

  async function execute(...writes: Write[]): Promise<(WriteResult | Error)[]> {
    const outcomes = decodeOutcomes(await writer.execute(writes));
    return outcomes.map((outcome) => (outcome.ok ? outcome.result : (outcome.error as Error)));
  }

  const row = (gid: string) =>
    eyes.prepare('SELECT * FROM trans_global WHERE gid = ?').get(gid) as Record<string, unknown>;

  test('commits a batch, and a poisoned write of it fails alone', async () => {
    const [first] = insertWrite('b').transaction.branches;
    const poisoned = insertWrite('b');
    const results = await execute(
      insertWrite('a'),
      { ...poisoned, transaction: { ...poisoned.transaction, branches: [first!, first!] } },
      insertWrite('c'),
    );
    expect(results).toEqual([
      { result: 'applied', now: expect.any(Number), epoch: 1 },
      expect.objectContaining({ message: expect.stringContaining('UNIQUE') }),
      { result: 'applied', now: expect.any(Number), epoch: 1 },
    ]);
    expect([row('a'), row('b'), row('c')].map((found) => found?.['gid'])).toEqual(['a', undefined, 'c']);
  });

  describe('lets a runner advance', () => {
    const END = { dueInMs: null, intervalMs: 10_000, attempts: 0, lastError: '' };
    /** The name of a workflow's step is its own. */
    const branches = ['action', 'step 1', 'compensate'].map((op) => ({
      branchId: '01',
      op,
      url: '',
      payload: new Uint8Array(0),
      status: 'prepared' as const,
    }));
    const succeed = (...ops: string[]) => ops.map((op) => ({ branchId: '01', op, status: 'succeed' as const }));
    const advance = (epoch: number, ops: string[], end: Pick<AdvanceWrite, 'status' | 'park'> = {}): AdvanceWrite => ({
      kind: 'advance',
      gid: 'a',
      epoch,
      branches: succeed(...ops),
      ...end,
    });
    const ended = () =>
      (eyes.prepare('SELECT op FROM trans_branch_op WHERE finish_time = update_time').all() as { op: string }[]).map(
        ({ op }) => op,
      );

    beforeEach(async () => {
      const write = insertWrite('a', { lease: LEASE });
      await execute({ ...write, transaction: { ...write.transaction, branches } });
    });

    test('under its own epoch, whatever the operations are called', async () => {
      expect(await execute(advance(1, ['action', 'step 1']))).toMatchObject([{ result: 'applied', epoch: 1 }]);
      expect(ended()).toEqual(['action', 'step 1']);
      expect(await execute(advance(1, ['compensate'], { status: 'succeed', park: END }))).toMatchObject([
        { result: 'applied' },
      ]);
      expect(ended()).toHaveLength(3);
      expect(row('a')).toMatchObject({ status: 'succeed', owner: '', lease_until: null, next_cron_time: null });
      expect(row('a')['finish_time']).toBe(row('a')['update_time']);
    });

    test.each([
      ['outcomes', {}],
      ['an end', { status: 'succeed', park: END }],
    ] as const)('not with %s under another epoch, nor when it has ended', async (_name, end) => {
      expect(await execute(advance(2, ['action'], end))).toMatchObject([
        { result: 'stale', stored: { status: 'submitted' } },
      ]);
      expect(ended()).toEqual([]);
      await execute(advance(1, [], { status: 'failed', park: END }));
      const before = row('a');
      expect(await execute(advance(1, ['action'], end))).toMatchObject([
        { result: 'stale', stored: { status: 'failed' } },
      ]);
      expect(ended()).toEqual([]);
      expect(row('a')).toEqual(before);
    });

    test('with the outcome of a branch that is not there, and with nothing at all', async () => {
      expect(await execute(advance(1, ['unknown']))).toMatchObject([{ result: 'applied', epoch: 1 }]);
      expect(await execute(advance(1, []))).toMatchObject([{ result: 'applied', epoch: 1 }]);
      expect(await execute({ ...advance(1, []), gid: 'b' })).toEqual([{ result: 'stale' }]);
    });
  });

  test('writes times in UTC, as they sort', async () => {
    const before = new Date().toISOString();
    await execute(insertWrite('a', { lease: LEASE }));
    const { create_time: created, lease_until: until, next_cron_time: due } = row('a');
    expect(created).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    expect(`${String(created).replace(' ', 'T')}Z` >= before).toBe(true);
    expect(due).toBe(until);
  });

  test('takes over what a dead owner held, and nothing else', async () => {
    await execute(insertWrite('held', { lease: LEASE }), insertWrite('prepared'));
    expect(writer.takeOver()).toBe(1);
    expect(row('held')).toMatchObject({ owner: '', lease_until: null, epoch: 2 });
    expect(row('prepared')).toMatchObject({ epoch: 1, next_cron_time: null });
  });

  test('claims nothing when a row cannot be read, and works on afterwards', async () => {
    const gids = [newGid(), newGid()];
    await execute(...gids.map((gid) => insertWrite(gid, { lease: ENDED_LEASE })));
    eyes.exec('ALTER TABLE trans_branch_op RENAME TO away');
    expect(() => writer.claim(10, LEASE)).toThrow(/trans_branch_op/);
    eyes.exec('ALTER TABLE away RENAME TO trans_branch_op');
    expect(gids.map((gid) => row(gid)['epoch'])).toEqual([1, 1]);
    expect(writer.claim(10, LEASE)).toHaveLength(2);
  });

  test('keeps what is in the file when it is closed', async () => {
    await execute(insertWrite('a'));
    writer.close();
    writer = new SqliteWriter(file);
    expect(await execute(insertWrite('a'))).toMatchObject([{ result: 'duplicate' }]);
  });
});
