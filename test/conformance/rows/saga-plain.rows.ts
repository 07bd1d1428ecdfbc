import { payload } from '../../support/fixture/transfer';
import type { Row } from '../row';
import { FORWARD, ROLLED_BACK } from './expected-calls';

/** A.4.1: sagas whose steps run one after the other. */
export const SAGA_PLAIN_ROWS: readonly Row[] = [
  {
    id: 'SAGA-01',
    title: 'a saga whose steps succeed succeeds',
    run: async ({ saga }) => {
      await saga.start();
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S', reason: '' });
      expect(saga.calls).toEqual(FORWARD);
      expect(saga.records.map(({ method, body }) => [method, body])).toEqual([
        ['POST', payload()],
        ['POST', payload()],
      ]);
    },
  },

  {
    id: 'SAGA-02',
    title: 'a refused step is compensated with all before it, in reverse order',
    run: async ({ saga }) => {
      saga.answers({ IN: 'fail' }, 'Insufficient balance of bob');
      await saga.start();
      const state = await saga.ended();
      expect(state).toMatchObject({ status: 'failed', rows: 'S S S F' });
      expect(state.reason).toContain('Insufficient balance of bob');
      expect(saga.calls).toEqual(ROLLED_BACK);
    },
  },

  {
    id: 'SAGA-03',
    title: 'a step that is not done yet is asked again, and the next one waits for it',
    run: async ({ saga }) => {
      saga.answers({ OUT: '1:wait' });
      await saga.start();
      expect(await saga.settledAfter(1)).toMatchObject({ status: 'submitted', rows: 'P P P P' });
      await saga.revisit();
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S', reason: '' });
      expect(saga.calls).toEqual(['OUT[01 action]', ...FORWARD]);
    },
  },

  {
    id: 'SAGA-05',
    title: 'a submit repeated while submitted visits at once, one repeated after the end is refused',
    run: async ({ saga }) => {
      saga.answers({ OUT: '1:wait' });
      await saga.start();
      expect(await saga.settledAfter(1)).toMatchObject({ status: 'submitted' });
      expect((await saga.submit()).status).toBe(200);
      expect(await saga.ended({ withinMs: 8000 })).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect((await saga.submit()).status).toBe(409);
      expect(saga.calls).toEqual(['OUT[01 action]', ...FORWARD]);
    },
  },

  {
    id: 'SAGA-06',
    title: 'an empty URL is a success without a call',
    run: async ({ saga }) => {
      await saga.start({ steps: [saga.step('OUT', ''), saga.step('', '')] });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(['OUT[01 action]']);
    },
  },

  {
    id: 'SAGA-07',
    title: 'payloads inside the steps, as early clients send them, reach the services',
    run: async ({ saga }) => {
      const steps = [
        { ...saga.step('OUT'), data: payload(41) },
        { ...saga.step('IN'), data: payload(42) },
      ];
      await saga.start({ steps, payloads: undefined });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(FORWARD);
      expect(saga.records.map(({ body }) => body)).toEqual([payload(41), payload(42)]);
    },
  },
];
