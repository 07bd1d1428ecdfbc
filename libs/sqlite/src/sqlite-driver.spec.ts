import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, EntitySchema } from 'typeorm';
import { SqliteDriver, sqliteTime } from './sqlite-driver';
import { sqliteOptions } from './sqlite-options';

interface Note {
  id: number;
  text: string;
  done: boolean;
  at: Date | null;
  data: Uint8Array | null;
}

const note = new EntitySchema<Note>({
  name: 'note',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    text: { type: 'text', unique: true },
    done: { type: 'boolean' },
    at: { type: 'datetime', nullable: true },
    data: { type: 'blob', nullable: true },
  },
});

describe('the SQLite driver', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-driver-'));
    file = join(directory, 'test.sqlite');
  });

  afterEach(() => rm(directory, { recursive: true }));

  describe('under TypeORM', () => {
    let dataSource: DataSource;

    beforeEach(async () => {
      dataSource = new DataSource({ ...sqliteOptions(file), entities: [note], synchronize: true });
      await dataSource.initialize();
    });

    afterEach(() => dataSource.destroy());

    test('keeps texts, booleans, times to the millisecond and bytes', async () => {
      const at = new Date('2026-02-03T04:05:06.789Z');
      const data = Buffer.from([0, 255, 10]);
      await dataSource.getRepository(note).insert({ text: 'ä☃', done: true, at, data });
      const found = await dataSource.getRepository(note).findOneByOrFail({ at });
      expect(found).toMatchObject({ text: 'ä☃', done: true, at });
      expect([...found.data!]).toEqual([0, 255, 10]);
    });

    test('keeps what is not there as NULL', async () => {
      await dataSource.getRepository(note).insert({ text: 'x', done: false, at: null, data: null });
      expect(await dataSource.getRepository(note).findOneByOrFail({ done: false })).toMatchObject({
        at: null,
        data: null,
      });
    });

    test('names the rule that a write breaks', async () => {
      await dataSource.getRepository(note).insert({ text: 'once', done: true });
      await expect(dataSource.getRepository(note).insert({ text: 'once', done: true })).rejects.toMatchObject({
        driverError: { code: 'SQLITE_CONSTRAINT_UNIQUE' },
      });
    });

    test('rolls a transaction back as a whole', async () => {
      const failing = dataSource.transaction(async (manager) => {
        await manager.insert(note, { text: 'a', done: true });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await dataSource.getRepository(note).count()).toBe(0);
    });

    test('writes ahead and syncs at every commit', async () => {
      expect(await dataSource.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      await dataSource.getRepository(note).insert({ text: 'a', done: true });
      expect(await dataSource.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    });

    test('reads on a second connection, which cannot write', async () => {
      await dataSource.getRepository(note).insert({ text: 'a', done: true });
      const reader = new DataSource({ ...sqliteOptions(file, { readonly: true }), entities: [note] });
      await reader.initialize();
      expect(await reader.getRepository(note).count()).toBe(1);
      await expect(reader.getRepository(note).insert({ text: 'b', done: true })).rejects.toMatchObject({
        driverError: { code: 'SQLITE_READONLY' },
      });
      await reader.destroy();
    });
  });

  describe('on its own', () => {
    test('binds what TypeORM passes: dates, booleans and what is not given', () => {
      const driver = new SqliteDriver(file);
      const statement = driver.prepare('SELECT ? AS a, ? AS b, ? AS c, ? AS d');
      const at = new Date(0);
      expect(statement.reader).toBe(true);
      expect(statement.all(at, true, undefined, 'x')).toEqual([
        { a: '1970-01-01 00:00:00.000', b: 1, c: null, d: 'x' },
      ]);
      expect(statement.get(false, null, 1.5, 2n)).toEqual({ a: 0, b: null, c: 1.5, d: 2 });
      driver.close();
      expect(driver.open).toBe(false);
    });

    test('tells how many rows a write changed', () => {
      const driver = new SqliteDriver(file).exec('CREATE TABLE t (a)');
      const insert = driver.prepare('INSERT INTO t VALUES (?), (?)');
      expect(insert.reader).toBe(false);
      expect(insert.run(1, 2)).toMatchObject({ changes: 2 });
      driver.close();
    });

    test.each([
      ['SQLITE_CANTOPEN', () => new SqliteDriver(join(directory, 'no', 'where'))],
      [
        'SQLITE_CONSTRAINT_PRIMARYKEY',
        () => new SqliteDriver(file).exec('CREATE TABLE t (a TEXT PRIMARY KEY); INSERT INTO t VALUES (1), (1)'),
      ],
      [
        'SQLITE_CONSTRAINT_NOTNULL',
        () => new SqliteDriver(file).exec('CREATE TABLE t (a NOT NULL); INSERT INTO t VALUES (NULL)'),
      ],
    ])('puts the name %s on what SQLite throws', (code, work) => {
      expect(work).toThrow(expect.objectContaining({ code }));
    });

    test('gives up waiting for a lock after its time', () => {
      const holder = new SqliteDriver(file).exec('BEGIN EXCLUSIVE');
      expect(() => new SqliteDriver(file, { timeout: 20 }).exec('BEGIN IMMEDIATE')).toThrow(
        expect.objectContaining({ code: 'SQLITE_BUSY' }),
      );
      holder.close();
    });
  });

  test.each([
    [0, '1970-01-01 00:00:00.000'],
    [1_767_225_600_001, '2026-01-01 00:00:00.001'],
    [1_767_225_600_001.9, '2026-01-01 00:00:00.001'],
  ])('writes the instant %d as %s', (instant, text) => {
    expect(sqliteTime(instant)).toBe(text);
  });

  test('writes times so that they sort as they are', () => {
    const instants = [5, 1000, 60_000, 86_400_000, Date.UTC(2026, 11, 31), Date.UTC(2100, 0, 1)];
    const texts = instants.map(sqliteTime);
    expect(texts.toSorted()).toEqual(texts);
  });
});
