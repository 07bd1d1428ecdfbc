import { inspect } from 'node:util';
import { ConfigFolder } from './config-folder.spec-helper';
import { coordinatorOptions } from './coordinator-options';
import { storePlace } from './store-options';

describe('the configuration of a database server', () => {
  const folder = new ConfigFolder();
  const { load } = folder;

  afterAll(() => folder.remove());

  const ACCOUNT = { STORE_USER: 'dtx', STORE_PASSWORD: ' p=w"d ' };

  test.each([
    ['mariadb', 3306],
    ['mysql', 3306],
    ['postgres', 5432],
  ])('needs the driver %s and an account; the rest has a default', (driver, port) => {
    const config = load({ STORE_DRIVER: driver, ...ACCOUNT });
    expect(coordinatorOptions(config).store).toEqual({
      driver,
      host: '127.0.0.1',
      port,
      user: 'dtx',
      password: ' p=w"d ',
      database: 'dtm',
      autoMigrate: false,
    });
    expect(storePlace(config)).toBe(`in ${driver} at 127.0.0.1:${port}, database dtm`);
  });

  test('comes from the environment', () => {
    const config = load({
      STORE_DRIVER: 'postgres',
      STORE_HOST: 'db.internal',
      STORE_PORT: '15432',
      STORE_DB: 'coordinator',
      STORE_POOL_SIZE: '7',
      STORE_AUTO_MIGRATE: 'on',
      RETENTION_FINISHED: '0',
      RETENTION_INTERVAL: '5',
      ...ACCOUNT,
    });
    expect(coordinatorOptions(config)).toMatchObject({
      store: { host: 'db.internal', port: 15432, database: 'coordinator', poolSize: 7, autoMigrate: true },
      settings: { retentionFinished: 0, retentionInterval: 5 },
    });
  });

  test('comes from a file in the words of dtm', () => {
    const config = load(
      {},
      'Store: { Driver: mysql, Host: db, Port: 3307, User: root, Password: x, Db: trans, MaxOpenConns: 20 }',
    );
    expect(coordinatorOptions(config).store).toMatchObject({
      driver: 'mysql',
      host: 'db',
      port: 3307,
      user: 'root',
      password: 'x',
      database: 'trans',
      poolSize: 20,
    });
  });

  test('takes the name of dtm for the size of the pool where ours is not given', () => {
    const server = { STORE_DRIVER: 'mysql', ...ACCOUNT };
    expect(load({ ...server, STORE_MAX_OPEN_CONNS: '9' }).STORE_POOL_SIZE).toBe(9);
    expect(load({ ...server, STORE_MAX_OPEN_CONNS: '9', STORE_POOL_SIZE: '4' }).STORE_POOL_SIZE).toBe(4);
    expect(load({ ...server, STORE_MAX_OPEN_CONNS: '9' }, 'Store: { PoolSize: 4 }').STORE_POOL_SIZE).toBe(9);
  });

  test('keeps finished transactions for ten years at most', () => {
    expect(load({ RETENTION_FINISHED: '315360000' }).RETENTION_FINISHED).toBe(315_360_000);
    expect(() => load({ RETENTION_FINISHED: '315360001' })).toThrow('must not be greater than 315360000');
  });

  test.each(['mariadb', 'mysql', 'postgres'])('stops when %s is to be reached without an account', (driver) => {
    expect(() => load({ STORE_DRIVER: driver })).toThrow(
      `STORE_USER=: STORE_USER must be an account at the server, as STORE_DRIVER is ${driver}`,
    );
  });

  test.each([
    ['a number', 'Store: { Password: 47114711 }'],
    ['a list', 'Store: { Password: [47114711] }'],
    ['an alias', 'Store: { Password: *47114711 }'],
    ['an unknown tag', 'Store: { Password: !47114711 x, }}'],
    ['a text without an end', 'Store: { Password: "47114711 }'],
  ])('does not tell a password that is %s', (_name, yaml) => {
    const error = thrownBy(() => load({}, yaml));
    expect(error).toMatchObject({ code: 'DTX_INVALID_CONFIG' });
    expect(inspect(error, { depth: null })).not.toContain('47114711');
  });

  test.each([
    ['sqlite', 'in ./data'],
    ['memory', 'in memory'],
  ])('tells where %s keeps transactions', (driver, place) => {
    expect(storePlace(load({ STORE_DRIVER: driver }))).toBe(place);
  });

  function thrownBy(work: () => unknown): unknown {
    try {
      work();
    } catch (error) {
      return error;
    }
    throw new Error('nothing was thrown');
  }
});
