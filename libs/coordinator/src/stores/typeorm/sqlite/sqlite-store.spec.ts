import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newGid } from '@nestjs-dtx/protocol';
import { openSqlite, type SqliteDatabase } from '@nestjs-dtx/sqlite';
import { ENDED_LEASE, insertWrite } from '../../insert-write.spec-helper';
import { MIGRATIONS } from '../migrations';
import { BuiltStoreProcess } from './built-store.spec-helper';
import { SqliteStore } from './sqlite-store';

const LEASE = { owner: 'me/1', durationMs: 60_000 };

/** Stores transactions one after the other for ever, and prints the gid of each as soon as it is acknowledged. */
const STORE_FOR_EVER = `
  const { SqliteStore } = require(built + '/sqlite-store.js');
  const store = new SqliteStore({ directory });
  await store.open();
  const transaction = { transType: 'saga', status: 'prepared', protocol: 'http', queryPrepared: '', customData: '',
    businessKey: '', options: {}, branches: [{ branchId: '01', op: 'action', url: '', payload: Buffer.from('{}'), status: 'prepared' }] };
  const lane = async (name) => {
    for (let id = 0; ; id += 1) {
      const gid = name + id;
      await store.write({ kind: 'insert', gid, intervalMs: 10000, transaction: { ...transaction, gid } });
      process.stdout.write(gid + '\\n');
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(lane));
`;

describe('the store on SQLite', () => {
  let directory: string;
  let store: SqliteStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-sqlite-'));
    store = new SqliteStore({ directory });
  });

  afterEach(async () => {
    await BuiltStoreProcess.killAll();
    await store.close();
    await rm(directory, { recursive: true });
  });

  /** Looks at the file, or changes it, behind the store's back. */
  function behindItsBack<T>(work: (database: SqliteDatabase) => T): T {
    const database = openSqlite(join(directory, 'coordinator.sqlite'));
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  test('is not to be used before it is open', async () => {
    await expect(store.ping()).rejects.toThrow('the store is not open');
    await expect(store.find('g')).rejects.toThrow('the store is not open');
    await expect(store.write(insertWrite('g'))).rejects.toThrow('the store is not open');
  });

  test('can be closed before it is open, and twice', async () => {
    await store.close();
    await store.open();
    await store.close();
    await store.close();
    await expect(store.ping()).rejects.toThrow('the store is not open');
  });

  test('migrates a file once', async () => {
    await store.open();
    const applied = () => behindItsBack((file) => file.prepare('SELECT name FROM dtx_migrations').all());
    expect(applied()).toEqual(MIGRATIONS.map(({ name }) => ({ name })));
    await store.write(insertWrite('kept'));
    await store.close();
    await store.open();
    expect(applied()).toHaveLength(MIGRATIONS.length);
    expect((await store.find('kept'))?.branches).toHaveLength(insertWrite('kept').transaction.branches.length);
  });

  test('refuses a file that a newer version has migrated, and lets go of the folder', async () => {
    await store.open();
    await store.close();
    behindItsBack((file) => file.exec("INSERT INTO dtx_migrations (timestamp, name) VALUES (9, 'Later9')"));
    await expect(store.open()).rejects.toMatchObject({
      code: 'DTX_STORE_SCHEMA_TOO_NEW',
      message: 'the store was migrated by a newer version (Later9): run that version, or a later one',
    });
    behindItsBack((file) => file.exec("DELETE FROM dtx_migrations WHERE name = 'Later9'"));
    await store.open();
  });

  test('is written with a sync at every commit and read on a connection of its own', async () => {
    await store.open();
    expect(behindItsBack((file) => file.prepare('PRAGMA journal_mode').get())).toEqual({ journal_mode: 'wal' });
    await store.write(insertWrite('committed'));
    // Somebody else's open transaction: what is not committed is not seen, and reads do not wait for it.
    const other = openSqlite(join(directory, 'coordinator.sqlite'));
    other.exec("BEGIN IMMEDIATE; UPDATE trans_global SET status = 'failed'");
    expect((await store.find('committed'))?.transaction.status).toBe('prepared');
    other.exec('ROLLBACK');
    other.close();
  });

  test('hands out a transaction whose rows are damaged with that word, and the others without', async () => {
    await store.open();
    const [damaged, unreadable, sound] = [newGid(), newGid(), newGid()];
    for (const gid of [damaged, unreadable, sound]) await store.write(insertWrite(gid, { lease: ENDED_LEASE }));
    behindItsBack((file) =>
      file.prepare('DELETE FROM trans_branch_op WHERE gid = ? AND op = ?').run(damaged, 'action'),
    );
    behindItsBack((file) => file.prepare("UPDATE trans_global SET options = '{' WHERE gid = ?").run(unreadable));
    const claimed = await store.claim(10, LEASE);
    expect(claimed.map(({ snapshot, damage }) => [snapshot.gid, damage])).toEqual([
      [damaged, 'branch rows are missing: 1 of 2 were read'],
      [unreadable, 'its options are no JSON'],
      [sound, undefined],
    ]);
  });

  test('takes over at once what a killed process held', async () => {
    const gid = newGid();
    await store.open();
    await store.write(insertWrite(gid, { lease: LEASE }));
    expect(await store.claim(10, LEASE)).toEqual([]);
    await store.close();
    await store.open();
    const [claimed] = await store.claim(10, LEASE);
    expect(claimed).toMatchObject({ snapshot: { gid }, epoch: 3 });
  });

  test('has lost nothing that it acknowledged before its process was killed', async () => {
    const writer = BuiltStoreProcess.start(STORE_FOR_EVER, directory);
    await writer.printed(300);
    await writer.kill();
    await store.open();
    const acknowledged = [...writer.lines];
    const stored = behindItsBack((file) => ({
      gids: new Set((file.prepare('SELECT gid FROM trans_global').all() as { gid: string }[]).map(({ gid }) => gid)),
      orphans: file.prepare('SELECT gid FROM trans_global WHERE gid NOT IN (SELECT gid FROM trans_branch_op)').all(),
      check: file.prepare('PRAGMA integrity_check').get(),
    }));
    expect(acknowledged.filter((gid) => !stored.gids.has(gid))).toEqual([]);
    expect(stored).toMatchObject({ orphans: [], check: { integrity_check: 'ok' } });
    // At most the batch that was under way is there without having been acknowledged.
    expect(stored.gids.size).toBeLessThanOrEqual(acknowledged.length + 4 + 4);
  });

  test('answers what was written before it was closed, and refuses what comes after', async () => {
    await store.open();
    const writes = Array.from({ length: 300 }, () => store.write(insertWrite(newGid())));
    const closed = store.close();
    expect((await Promise.all(writes)).every(({ result }) => result === 'applied')).toBe(true);
    await closed;
    await expect(store.write(insertWrite(newGid()))).rejects.toThrow('the store is not open');
  });

  test('tells that it is unavailable when the database refuses, and works on when it no longer does', async () => {
    await store.open();
    behindItsBack((file) => file.exec('ALTER TABLE kv RENAME TO kv_away'));
    await expect(store.kvPut({ category: 'c', key: 'k', value: 'v' })).rejects.toMatchObject({
      code: 'DTX_STORE_UNAVAILABLE',
      message: expect.stringMatching(/^the store failed: .*kv/),
    });
    behindItsBack((file) => file.exec('ALTER TABLE kv_away RENAME TO kv'));
    expect(await store.kvPut({ category: 'c', key: 'k', value: 'v' })).toBe(true);
  });
});
