import { payload } from '../../support/fixture/transfer';
import type { Row } from '../row';
import type { SagaCase } from '../../support/saga-case';

const one = (saga: SagaCase) => ({ steps: [saga.step('OUT')], payloads: [payload()] });

/** Timers of Node and of the store may disagree by this much. Milliseconds. */
const TOLERANCE = 5;

/** A.4.3: intervals, time-outs and headers. */
export const SAGA_OPTIONS_ROWS: readonly Row[] = [
  {
    id: 'SAGA-20',
    title: 'what is not done yet is asked again after the interval, which stays as it is',
    run: async ({ saga }) => {
      saga.answers({ OUT: '1-3:wait' });
      await saga.start({ ...one(saga), retry_interval: 1 });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S' });
      expect(saga.calls).toEqual(Array(4).fill('OUT[01 action]'));
      expect(Math.min(...saga.gaps)).toBeGreaterThanOrEqual(1000 - TOLERANCE);
      // An interval that doubled would be at 8 s by now.
      expect(saga.gaps[2]).toBeLessThan(4000);
    },
  },

  {
    id: 'SAGA-21',
    title: 'an error is tried again after twice the interval',
    run: async ({ saga }) => {
      saga.answers({ OUT: '1:err' });
      await saga.start({ ...one(saga), retry_interval: 1 });
      expect(await saga.settledAfter(1)).toMatchObject({ status: 'submitted', rows: 'P P' });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S' });
      expect(saga.calls).toEqual(['OUT[01 action]', 'OUT[01 action]']);
      expect(saga.gaps[0]).toBeGreaterThanOrEqual(2000 - TOLERANCE);
      expect(saga.gaps[0]).toBeLessThan(4500);
    },
  },

  {
    id: 'SAGA-22',
    title: 'a saga that times out compensates the step that may have run and no later one',
    run: async ({ saga }) => {
      saga.answers({ OUT: '1:wait' });
      const startedAt = performance.now();
      await saga.start({ timeout_to_fail: 6, retry_interval: 7 });
      expect(await saga.settledAfter(1)).toMatchObject({ status: 'submitted' });
      expect(await saga.ended()).toMatchObject({
        status: 'failed',
        rows: 'S P P P',
        reason: expect.stringMatching(/^Timeout after \d+ seconds$/),
      });
      expect(saga.calls).toEqual(['OUT[01 action]', 'OUT.rev[01 compensate]']);
      const undoneAfter = (saga.records[1]?.arrivedAt ?? 0) - startedAt;
      expect(undoneAfter).toBeGreaterThanOrEqual(6000 - TOLERANCE);
      expect(undoneAfter).toBeLessThan(8500);
    },
  },

  {
    id: 'SAGA-26',
    title: 'headers of the transaction reach its branches',
    run: async ({ saga }) => {
      const reply = await saga.submit({
        steps: [saga.step('HeaderYes', '')],
        payloads: [payload()],
        branch_headers: { test_header: 'test' },
        wait_result: true,
      });
      expect(reply.status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'succeed', rows: 'P S' });
      expect(saga.records[0]?.headers['test_header']).toBe('test');
    },
  },

  {
    id: 'SAGA-28',
    title: 'a payload of null is sent as it is, and the request time-out of the transaction holds',
    run: async ({ saga }) => {
      // 3.5 s are too long for the coordinator's own limit of 3 s.
      const slow = () => new Promise<'ok'>((resolve) => setTimeout(resolve, 3500, 'ok'));
      saga.answers({ IN: slow });
      const reply = await saga.submit({
        steps: [saga.step('HeaderNo', ''), saga.step('IN', '')],
        payloads: ['null', 'null'],
        request_timeout: 6,
        wait_result: true,
      });
      expect(reply.status).toBe(200);
      expect(saga.calls).toEqual(['HeaderNo[01 action]', 'IN[02 action]']);
      expect(saga.records.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(['POST', 'null']));
    },
  },
];
