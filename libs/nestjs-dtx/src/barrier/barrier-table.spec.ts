import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource } from 'typeorm';
import { barrierMigration, type BarrierMigrationOptions } from './barrier-migration';
import { createBarrierTable } from './barrier-table';

async function open(...migrations: BarrierMigrationOptions[]): Promise<DataSource> {
  const options = { ...sqliteOptions(':memory:'), migrations: migrations.map((it) => barrierMigration(it)) };
  return new DataSource(options).initialize();
}

const tables = async (dataSource: DataSource): Promise<string[]> => {
  const found = await dataSource.query<{ name: string }[]>(
    `select name from sqlite_master where type = 'table' and name like '%barrier%' order by name`,
  );
  return found.map(({ name }) => name);
};

describe('the barrier’s table', () => {
  let dataSource: DataSource;
  afterEach(() => dataSource.destroy());

  it('is created and dropped by the migration', async () => {
    dataSource = await open({});
    await dataSource.runMigrations();
    expect(await tables(dataSource)).toEqual(['dtx_barrier']);
    await dataSource.undoLastMigration();
    expect(await tables(dataSource)).toEqual([]);
  });

  it('may exist several times, under names of its own', async () => {
    dataSource = await open({}, { table: 'second_barrier' });
    const done = await dataSource.runMigrations();
    expect(new Set(done.map(({ name }) => name)).size).toBe(2);
    expect(await tables(dataSource)).toEqual(['dtx_barrier', 'second_barrier']);
  });

  it('is ordered among the other migrations by the timestamp that is given', async () => {
    dataSource = await open({ timestamp: 1_700_000_000_000 });
    const [migration] = await dataSource.runMigrations();
    expect(migration?.timestamp).toBe(1_700_000_000_000);
  });

  it('is created without a migration too, as often as one likes', async () => {
    dataSource = await open();
    await createBarrierTable(dataSource);
    await createBarrierTable(dataSource, 'mine');
    await createBarrierTable(dataSource);
    expect(await tables(dataSource)).toEqual(['dtx_barrier']);
    expect(await dataSource.query('select count(*) as n from mine')).toEqual([{ n: 0 }]);
  });

  it('needs a plain name', async () => {
    dataSource = await open();
    expect(() => barrierMigration({ table: 'a; drop table b' })).toThrow(/no valid name/);
    await expect(createBarrierTable(dataSource, 'a b')).rejects.toMatchObject({ code: 'DTX_BARRIER_TABLE' });
  });
});
