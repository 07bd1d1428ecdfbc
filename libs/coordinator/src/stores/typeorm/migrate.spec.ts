import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource } from 'typeorm';
import { migrate } from './migrate';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations';
import { migrationSql, schemaState } from './schema/migrate-schema';

describe('the schema at the start of a coordinator', () => {
  let directory: string;
  let dataSource: DataSource;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-migrate-'));
    dataSource = await new DataSource(sqliteOptions(join(directory, 'file'))).initialize();
  });

  afterEach(async () => {
    await dataSource.destroy();
    await rm(directory, { recursive: true });
  });

  const names = MIGRATIONS.map(({ name }) => name);

  test('is made where there is none, if that is allowed, and then left alone', async () => {
    await migrate(dataSource, { auto: true });
    expect(await schemaState(dataSource)).toMatchObject({ applied: names, pending: [], takeOver: 'none' });
    await migrate(dataSource, { auto: true });
    await migrate(dataSource, { auto: false });
    expect((await schemaState(dataSource)).applied).toEqual(names);
  });

  test('is not made where that is not allowed: the error says what to run', async () => {
    await expect(migrate(dataSource, { auto: false })).rejects.toMatchObject({
      code: 'DTX_STORE_SCHEMA_OLD',
      message: 'the database is empty: run `coordinator migrate`, or set STORE_AUTO_MIGRATE=on',
    });
    expect((await schemaState(dataSource)).applied).toEqual([]);
  });

  test('of an earlier version is named with what it lacks', async () => {
    await migrate(dataSource, { auto: true });
    await dataSource.query(`DELETE FROM ${MIGRATIONS_TABLE} WHERE name = '${names.at(-1)}'`);
    await expect(migrate(dataSource, { auto: false })).rejects.toMatchObject({
      code: 'DTX_STORE_SCHEMA_OLD',
      message: `the schema lacks ${names.at(-1)}: run \`coordinator migrate\`, or set STORE_AUTO_MIGRATE=on`,
    });
  });

  test.each([true, false])('of a later version is refused, whatever is allowed (%p)', async (auto) => {
    await migrate(dataSource, { auto: true });
    await dataSource.query(`INSERT INTO ${MIGRATIONS_TABLE} (timestamp, name) VALUES (9, 'Later9')`);
    await expect(migrate(dataSource, { auto })).rejects.toMatchObject({ code: 'DTX_STORE_SCHEMA_TOO_NEW' });
  });

  test('is made in one piece: a migration that fails leaves nothing behind', async () => {
    await dataSource.query('CREATE TABLE kv (id integer)');
    await expect(migrate(dataSource, { auto: true })).rejects.toThrow('the table kv exists and is not ours');
    const tables = (await dataSource.query("SELECT name FROM sqlite_master WHERE type = 'table'")) as {
      name: string;
    }[];
    expect(tables.map(({ name }) => name)).not.toContain('trans_global');
  });

  test('can be written down: the statements alone make the same', async () => {
    const statements = await migrationSql(dataSource);
    expect((await schemaState(dataSource)).applied).toEqual([]);
    for (const statement of statements) await dataSource.query(statement);
    const byHand = await definition();
    expect((await schemaState(dataSource)).applied).toEqual(names);
    expect(await migrationSql(dataSource)).toEqual([]);

    const other = await new DataSource(sqliteOptions(join(directory, 'other'))).initialize();
    await migrate(other, { auto: true });
    expect(byHand).toEqual(await definition(other));
    await other.destroy();
  });

  /** All tables and indexes. */
  const definition = (of: DataSource = dataSource): Promise<unknown> =>
    of.query('SELECT type, name, tbl_name, trim(sql) AS sql FROM sqlite_master ORDER BY name');
});
