import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from '../cleanup';
import { describeEngines, describePrivateServers } from '../describe-engines.spec-helper';
import { PROJECT_ROOT } from '../project-root';
import { SHARED_ENGINES } from '../store-engine';
import { temporaryFolder } from '../temporary-folder';
import { until } from '../until';
import { DatabaseServer } from './database-server';
import { SERVER_KINDS } from './server-kinds';
import { freshDatabase, startServer, type ServerName } from '.';

describePrivateServers((name) => {
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  test.concurrent(
    'a private server keeps its data and its address when it is killed or stopped, and started again',
    async () => {
      const server = await startServer(cleanup, name);
      const { database, port } = await server.createDatabase();
      await server.query('CREATE TABLE kept (number int)', database);
      await server.query('INSERT INTO kept VALUES (17)', database);
      await server.kill();
      await expect(server.query('SELECT 1')).rejects.toThrow('ECONNREFUSED');
      await server.start();
      expect(await server.query('SELECT number FROM kept', database)).toEqual([{ number: 17 }]);
      await server.stop();
      await expect(server.query('SELECT 1')).rejects.toThrow('ECONNREFUSED');
      await server.start();
      expect(await server.query('SELECT number FROM kept', database)).toEqual([{ number: 17 }]);
      expect(server.address.port).toBe(port);
    },
  );

  test.concurrent('a private server takes further settings of the engine', async () => {
    const key = 'max_connections';
    const server = await startServer(cleanup, name, { durable: false, engine: { [key]: '77' } });
    const asked = { mariadb: `SELECT @@${key} AS value`, postgres: `SELECT current_setting('${key}')::int AS value` };
    expect(await server.query(asked[name])).toEqual([{ value: 77 }]);
  });

  test.concurrent(
    'a private server ends with the process that started it, and its data are removed, even after SIGKILL',
    async () => {
      const folder = await temporaryFolder(cleanup);
      // PostgreSQL may run as another user, who has to get through.
      await chmod(folder, 0o755);
      const owner = spawn(process.execPath, ['-e', OWNER, name], {
        env: { PATH: process.env['PATH'], TMPDIR: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      cleanup.add(() => owner.kill('SIGKILL'));
      const [started] = (await once(owner.stdout, 'data')) as [Buffer];
      expect(String(started)).toMatch(/^started/);
      expect(await readdir(folder)).toHaveLength(1);
      owner.kill('SIGKILL');
      await until('the data are removed', async () => (await readdir(folder)).length === 0);
    },
  );
});

describeEngines(SHARED_ENGINES, (engine) => {
  test('the databases of a test run are empty ones on one server, and dropped in the end', async () => {
    const own = new Cleanup();
    const name = engine.name as ServerName;
    const [first, second] = [await freshDatabase(own, name), await freshDatabase(own, name)];
    expect(second).toEqual({ ...first, database: second.database });
    expect(second.database).not.toBe(first.database);
    const environment = await engine.create(own);
    expect(environment).toMatchObject({ STORE_DRIVER: name, STORE_PORT: String(first.port), STORE_AUTO_MIGRATE: 'on' });
    const server = new DatabaseServer(SERVER_KINDS[name], first);
    expect(await server.query('SELECT 1 AS one', first.database)).toEqual([{ one: 1 }]);
    await own.run();
    await expect(server.query('SELECT 1 AS one', first.database)).rejects.toThrow(first.database);
  });
});

/** Starts a server and does nothing more. */
const OWNER = `
  const { startServer } = require(${JSON.stringify(join(PROJECT_ROOT, 'dist/tools/test/support/servers'))});
  startServer({ add: () => {} }, process.argv[1]).then(() => console.log('started'));
`;
