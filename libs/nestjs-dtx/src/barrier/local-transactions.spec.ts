import type { DataSource, EntityManager } from 'typeorm';
import { dialectOf } from './database-kind';
import { inLocalTransaction } from './local-transactions';

/** A DataSource of a server whose transactions fail as often as told: deadlocks cannot be ordered from a real one. */
function serverThatFails(times: number, error: unknown): { dataSource: DataSource; tries: () => number } {
  let tries = 0;
  const transaction = async (work: (manager: EntityManager) => Promise<unknown>) => {
    tries += 1;
    const value = await work({} as EntityManager);
    if (tries <= times) throw error;
    return value;
  };
  return { dataSource: { options: { type: 'postgres' }, transaction } as unknown as DataSource, tries: () => tries };
}

describe('a local transaction on a database server', () => {
  it.each([
    ['PostgreSQL, deadlock', { driverError: { code: '40P01' } }],
    ['PostgreSQL, serialization', { driverError: { code: '40001' } }],
    ['MySQL, deadlock', { code: 'ER_LOCK_DEADLOCK' }],
  ])('is repeated when the database chose it as the victim (%s)', async (_name, error) => {
    const { dataSource, tries } = serverThatFails(2, error);
    expect(await inLocalTransaction(dataSource, () => Promise.resolve('done'))).toBe('done');
    expect(tries()).toBe(3);
  });

  it('is given up after some tries', async () => {
    const victim = { code: 'ER_LOCK_DEADLOCK' };
    const { dataSource, tries } = serverThatFails(Infinity, victim);
    await expect(inLocalTransaction(dataSource, () => Promise.resolve())).rejects.toBe(victim);
    expect(tries()).toBe(4);
  });

  it('is not repeated after any other error', async () => {
    const { dataSource, tries } = serverThatFails(1, new Error('syntax'));
    await expect(inLocalTransaction(dataSource, () => Promise.resolve())).rejects.toThrow('syntax');
    expect(tries()).toBe(1);
  });
});

describe('dialectOf', () => {
  const of = (type: string) => () => dialectOf({ options: { type } } as DataSource);

  it('knows the databases that barriers support', () => {
    expect(['better-sqlite3', 'sqljs', 'mysql', 'mariadb', 'postgres'].map((type) => of(type)())).toEqual([
      'sqlite',
      'sqlite',
      'mysql',
      'mysql',
      'postgres',
    ]);
  });

  it('names those that it supports when asked for another', () => {
    expect(of('oracle')).toThrow(/of type 'oracle': use .*postgres/);
  });
});
