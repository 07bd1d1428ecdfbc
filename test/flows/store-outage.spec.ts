import { join } from 'node:path';
import { openSqlite } from '@nestjs-dtx/sqlite';
import { Cleanup } from '../support/cleanup';
import { get } from '../support/http';
import { DURABLE_ENGINE } from '../support/store-engine';
import { Flow } from './flow';

/** Longer than the coordinator waits for the lock of its file, with room for a slow machine. Milliseconds. */
const PATIENCE_MS = 30_000;

describe('a store that cannot be written', () => {
  const cleanup = new Cleanup();

  afterAll(() => cleanup.run());

  test(
    'acknowledges nothing, is told by readiness, and work goes on when it is back',
    async () => {
      const store = await DURABLE_ENGINE.create(cleanup);
      const flow = await Flow.start(cleanup, { ...store, LEASE_SECONDS: '2', RETRY_INTERVAL: '1' });
      const running = flow.saga('running');
      let release: (answer: 'ok') => void = () => {};
      running.answers({
        OUT: (attempt) => (attempt === 1 ? new Promise<'ok'>((resolve) => (release = resolve)) : 'ok'),
      });
      await running.start();
      await flow.busi.received(running.gid, 1);

      const unlock = lockDatabase(store['DATA_DIR'] ?? '');
      release('ok');
      const refused = flow.saga('refused');
      const [reply, ready, live] = await Promise.all([
        refused.submit(),
        get(`${flow.api.url}/api/v2/health/ready`),
        get(`${flow.api.url}/api/v2/health/live`),
      ]);
      expect(reply).toMatchObject({ status: 503, json: { code: 'DTX_STORE_UNAVAILABLE' } });
      expect(reply.text).not.toMatch(/FAILURE|ONGOING/);
      expect(ready).toMatchObject({ status: 503, json: { store: 'unavailable' } });
      expect(live.status).toBe(200);
      expect(await flow.api.query(refused.gid)).toEqual({ transaction: null, branches: [] });
      // What is not recorded must not be built upon.
      expect(running.calls).toEqual(['OUT[01 action]']);

      unlock();
      expect(await running.ended({ withinMs: PATIENCE_MS })).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect((await refused.submit({ wait_result: true })).status).toBe(200);
    },
    2 * PATIENCE_MS,
  );

  /** Takes the write lock of the database, as a backup tool gone wrong would. @returns how to give it back */
  function lockDatabase(folder: string): () => void {
    const database = openSqlite(join(folder, 'coordinator.sqlite'));
    database.exec('BEGIN IMMEDIATE');
    cleanup.add(() => database.close());
    return () => database.exec('ROLLBACK');
  }
});
