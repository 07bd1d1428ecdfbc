import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Cleanup } from '../support/cleanup';
import { DURABLE_ENGINE } from '../support/store-engine';
import { temporaryFolder } from '../support/temporary-folder';
import { Flow } from './flow';
import { refusedStart, type RefusedStart } from './refused-start';

/** A value that is not accepted, and what the refusal has to tell. */
interface WrongSetting {
  readonly key: string;
  readonly value: string;
  readonly told: RegExp;
}

const WRONG_SETTINGS: readonly WrongSetting[] = [
  { key: 'HTTP_PORT', value: 'eighty', told: /eighty/ },
  { key: 'HTTP_PORT', value: '70000', told: /70000.*65535/ },
  { key: 'HTTP_HOST', value: '203.0.113.7', told: /203\.0\.113\.7/ },
  { key: 'STORE_DRIVER', value: 'mongodb', told: /mongodb.*sqlite, memory, mariadb, mysql, postgres/ },
  { key: 'STORE_AUTO_MIGRATE', value: 'perhaps', told: /perhaps.*on or off/ },
  { key: 'STORE_PORT', value: 'none', told: /none.*number/ },
  { key: 'RETENTION_FINISHED', value: '-1', told: /-1/ },
  { key: 'RETRY_INTERVAL', value: '0', told: /0.*1/ },
  { key: 'RETRY_INTERVAL', value: '1.5', told: /1\.5.*integer/ },
  { key: 'LOG_LEVEL', value: 'loud', told: /loud.*info/ },
  { key: 'OUTCOME_SUBSTRING', value: 'maybe', told: /maybe/ },
  { key: 'LEASE_SECONDS', value: '-3', told: /-3/ },
];

/** What an operator can mend stops the start with one line that says how. */
describe('a coordinator that cannot start', () => {
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  test('as another one uses its data folder says so, and the other one works on', async () => {
    const store = await DURABLE_ENGINE.create(cleanup);
    const flow = await Flow.start(cleanup, store);
    const { code, lines } = await refusedStart(cleanup, store);
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining(store['DATA_DIR'] ?? '')]);
    expect(lines[0]).toMatch(/DTX_STORE_LOCKED.*in use by another coordinator.*DATA_DIR/);
    expect((await flow.saga('undisturbed').submit({ wait_result: true })).status).toBe(200);
  });

  test('as its port is taken says which', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    cleanup.add(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const port = String((server.address() as AddressInfo).port);
    const { code, lines } = await refusedStart(cleanup, { STORE_DRIVER: 'memory', HTTP_PORT: port });
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringMatching(new RegExp(`DTX_PORT_IN_USE.*${port}.*HTTP_PORT`))]);
  });

  test('as its data folder cannot be written says which', async () => {
    // A file where a folder should be: root, too, cannot write below it.
    const file = join(await temporaryFolder(cleanup), 'file');
    await writeFile(file, '');
    const folder = join(file, 'data');
    const { code, lines } = await refusedStart(cleanup, { STORE_DRIVER: 'sqlite', DATA_DIR: folder });
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining(folder)]);
    expect(lines[0]).toMatch(/DTX_STORE_UNAVAILABLE.*cannot be written.*DATA_DIR/);
  });

  test('as its data folder holds no database says so', async () => {
    const { DATA_DIR, ...driver } = await DURABLE_ENGINE.create(cleanup);
    const flow = await Flow.start(cleanup, { DATA_DIR: DATA_DIR ?? '', ...driver });
    await flow.saga('first').submit({ wait_result: true });
    await flow.coordinator.stop();
    const files = await databaseFiles(DATA_DIR ?? '');
    for (const file of files) await writeFile(file, 'this is no database, it only looks like one to the file system');
    const { code, lines } = await refusedStart(cleanup, { DATA_DIR: DATA_DIR ?? '', ...driver });
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining('DTX_STORE')]);
  });

  describe('as a setting has a wrong value', () => {
    const starts = new Map<WrongSetting, Promise<RefusedStart>>();

    beforeAll(() => {
      for (const setting of WRONG_SETTINGS)
        starts.set(setting, refusedStart(cleanup, { STORE_DRIVER: 'memory', [setting.key]: setting.value }));
    });

    test.each(WRONG_SETTINGS)('names the key, the value and what is allowed: $key=$value', async (setting) => {
      const { code, lines } = (await starts.get(setting)) ?? {};
      expect(code).toBe(1);
      expect(lines).toEqual([expect.stringContaining(setting.key)]);
      expect(lines?.[0]).toContain('DTX_INVALID_CONFIG');
      expect(lines?.[0]).toMatch(setting.told);
    });
  });
});

async function databaseFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /\.(sqlite|db)/.test(name)).map((name) => join(folder, name));
}
