import { payload } from '../../support/fixture/transfer';
import type { Reply } from '../../support/http';
import type { Row } from '../row';
import { ROLLED_BACK } from './expected-calls';

/** Whoever does not repeat at once is not seen again while the row runs. Seconds. */
const HOURLY = { retry_interval: 3600 };

/** A.9: what clients rely on beyond the reference's own tests. */
export const OBSERVED_ROWS: readonly Row[] = [
  {
    id: 'X-01',
    title: 'a refused compensation stays open and is retried with back-off until it succeeds',
    run: async ({ saga }) => {
      saga.answers({ IN: 'fail', 'OUT.rev': '1-2:fail' });
      await saga.start({ retry_interval: 1 });
      expect(await saga.settledAfter(4)).toMatchObject({ status: 'aborting' });
      expect(await saga.ended()).toMatchObject({ status: 'failed', rows: 'S S S F' });
      expect(saga.calls).toEqual([...ROLLED_BACK, 'OUT.rev[01 compensate]', 'OUT.rev[01 compensate]']);
      const [first, second] = saga.gaps.slice(-2);
      expect(first).toBeGreaterThanOrEqual(1990);
      expect(first).toBeLessThan(4500);
      expect(second).toBeGreaterThanOrEqual(3990);
      expect(second).toBeLessThan(7000);
    },
  },

  {
    id: 'X-02',
    title: 'an error without an interval of its own is retried after twice the default (here 2 s)',
    run: async (context) => {
      const { context: own } = await context.startOwn({ ...(await context.newStore()), RETRY_INTERVAL: '2' });
      own.saga.answers({ OUT: '1:err' });
      await own.saga.start();
      expect(await own.saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(own.saga.gaps[0]).toBeGreaterThanOrEqual(3990);
      expect(own.saga.gaps[0]).toBeLessThan(7000);
    },
  },

  {
    id: 'X-03',
    title: 'an action that always fails is repeated to the limit at once, told to the web hook, then compensated',
    run: async ({ saga, busi }) => {
      saga.answers({ OUT: 'err' });
      await saga.start({ steps: [saga.step('OUT')], payloads: [payload()], retry_limit: 2, ...HOURLY });
      expect(await saga.ended()).toMatchObject({
        status: 'failed',
        rows: 'S P',
        reason: 'RetryCount is greater than RetryLimit, RetryLimit: 2',
      });
      expect(saga.calls).toEqual([...Array<string>(3).fill('OUT[01 action]'), 'OUT.rev[01 compensate]']);
      expect(await busi.alerted(saga.gid)).toMatchObject({ branch: saga.url('OUT'), retry_count: 3 });
    },
  },

  {
    id: 'X-04',
    title: 'a prepare may be repeated; submit, abort and prepare of a finished one are refused',
    run: async ({ saga, api }) => {
      expect((await api.prepare(saga.body())).status).toBe(200);
      expect((await api.prepare(saga.body())).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'prepared', rows: 'P P P P' });
      await saga.start({ wait_result: true });
      expect(await saga.state()).toMatchObject({ status: 'succeed' });
      expectRefused(await saga.submit(), "current status 'succeed', cannot sumbmit. FAILURE");
      expectRefused(
        await api.post('abort', { gid: saga.gid, trans_type: 'saga' }),
        "trans type: 'saga' current status 'succeed', cannot abort. FAILURE",
      );
      expectRefused(await api.prepare(saga.body()), "current status 'succeed', cannot prepare. FAILURE");
      expectRefused(
        await api.post('forceStop', { gid: saga.gid }),
        'global transaction force stop error. status: succeed. error: FAILURE',
      );
    },
  },

  {
    id: 'X-06',
    title: 'commands for an unknown gid are errors',
    run: async ({ saga, api }) => {
      const { gid } = saga;
      expect(await api.post('abort', { gid, trans_type: 'tcc' })).toMatchObject({
        status: 500,
        json: { message: `no TransGlobal with gid: ${gid} found` },
      });
      for (const command of ['forceStop', 'resetNextCronTime']) {
        expect(await api.post(command, { gid })).toMatchObject({ status: 500, json: { message: expect.any(String) } });
      }
    },
  },

  {
    id: 'X-07',
    title: 'malformed JSON is an error in JSON',
    run: async ({ api }) => {
      for (const command of ['prepare', 'submit', 'abort']) {
        const reply = await api.postText(command, '{"gid": "x", ');
        expect(reply).toMatchObject({ status: 500, json: { message: expect.stringMatching(/\S/) } });
        expect(reply.headers['content-type']).toMatch(/^application\/json/);
      }
    },
  },

  {
    id: 'X-12',
    title: 'lists of what does not exist are null for transactions and empty for branches',
    run: async ({ saga, api }) => {
      expect(await api.get(`all?gid=${saga.gid}`)).toMatchObject({ status: 200, json: { transactions: null } });
      expect(await api.get(`query?gid=${saga.gid}`)).toMatchObject({ status: 200, json: { branches: [] } });
    },
  },

  {
    id: 'X-13',
    title: 'a limit that is no number is an error',
    run: async ({ api }) => {
      expect(await api.get('all?limit=x')).toMatchObject({
        status: 500,
        json: { message: expect.stringContaining('limit') },
      });
    },
  },

  {
    id: 'X-16',
    title: 'a coordinator killed between two visits resumes its transactions after a restart',
    needs: 'durable',
    run: async (context) => {
      const store = await context.newStore();
      const { server, context: before } = await context.startOwn(store);
      before.saga.answers({ OUT: '1:wait' });
      await before.saga.start({ retry_interval: 1 });
      expect(await before.saga.settledAfter(1)).toMatchObject({ status: 'submitted', rows: 'P P P P' });
      await server.kill();
      const { context: after } = await context.startOwn(store);
      expect(await after.saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(after.saga.calls).toEqual(['OUT[01 action]', 'OUT[01 action]', 'IN[02 action]']);
    },
  },
];

function expectRefused(reply: Reply, message: string): void {
  expect(reply).toMatchObject({ status: 409, json: { dtm_result: 'FAILURE', message } });
}
