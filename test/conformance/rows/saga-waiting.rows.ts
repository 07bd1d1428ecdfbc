import type { Row } from '../row';
import { BACKWARD, FORWARD, ROLLED_BACK } from './expected-calls';

const WAIT = { wait_result: true };

/** Whoever does not repeat at once is not seen again while the row runs. Seconds. */
const HOURLY = { retry_interval: 3600 };

/** A.4.3: clients that wait for the result, and the retry limit. */
export const SAGA_WAITING_ROWS: readonly Row[] = [
  {
    id: 'SAGA-23',
    title: 'a waiting client is answered when the saga has succeeded',
    run: async ({ saga }) => {
      const reply = await saga.submit(WAIT);
      expect(saga.calls).toEqual(FORWARD);
      expect(reply).toMatchObject({ status: 200, json: { dtm_result: 'SUCCESS' } });
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
    },
  },

  {
    id: 'SAGA-24',
    title: 'a client waiting for a saga that is not done yet is answered 409 while it goes on',
    run: async ({ saga }) => {
      saga.answers({ OUT: '1:wait' });
      const reply = await saga.submit(WAIT);
      expect(await saga.state()).toMatchObject({ status: 'submitted', rows: 'P P P P' });
      expect(reply).toMatchObject({
        status: 409,
        json: { dtm_result: 'FAILURE', message: 'wait result not return success: FAILURE' },
      });
      await saga.revisit();
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', ...FORWARD]);
    },
  },

  {
    id: 'SAGA-25',
    title: 'a waiting client is told the reason when the saga has been rolled back',
    run: async ({ saga }) => {
      saga.answers({ IN: 'fail' }, 'Insufficient balance of bob');
      const reply = await saga.submit(WAIT);
      expect(saga.calls).toEqual(ROLLED_BACK);
      expect(reply).toMatchObject({ status: 409, json: { dtm_result: 'FAILURE' } });
      expect(reply.text).toContain('Insufficient balance of bob');
      expect(await saga.state()).toMatchObject({ status: 'failed', rows: 'S S S F' });
    },
  },

  {
    id: 'SAGA-29',
    title: 'a retry limit repeats errors at once, three of three may fail, and the third is told to the web hook',
    run: async ({ saga, busi }) => {
      saga.answers({ IN: '1-3:err' });
      const reply = await saga.submit({ ...WAIT, retry_limit: 3, ...HOURLY });
      expect(reply.status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', ...Array<string>(4).fill('IN[02 action]')]);
      expect(await busi.alerted(saga.gid)).toMatchObject({ branch: saga.url('IN'), retry_count: 3 });
    },
  },

  {
    id: 'SAGA-30',
    title: 'errors beyond the retry limit roll the saga back',
    run: async ({ saga }) => {
      saga.answers({ IN: 'err' });
      const reply = await saga.submit({ ...WAIT, retry_limit: 1 });
      expect(reply.status).toBe(409);
      expect(await saga.state()).toMatchObject({
        status: 'failed',
        rows: 'S S S P',
        reason: 'RetryCount is greater than RetryLimit, RetryLimit: 1',
      });
      expect(saga.calls).toEqual([...FORWARD, 'IN[02 action]', ...BACKWARD]);
    },
  },
];
