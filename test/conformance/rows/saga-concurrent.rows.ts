import type { Row } from '../row';
import { BACKWARD, FORWARD } from './expected-calls';

const CONCURRENT = { custom_data: '{"concurrent":true,"orders":{}}' };

/** A.4.2: sagas whose steps run side by side. */
export const SAGA_CONCURRENT_ROWS: readonly Row[] = [
  {
    id: 'SAGA-10',
    title: 'the steps of a concurrent saga are in flight at the same time',
    run: async ({ saga, busi }) => {
      // Each step is answered only when the other has arrived: steps made one after the other would never end.
      const both = async () => {
        await busi.received(saga.gid, 2);
        return 'ok' as const;
      };
      saga.answers({ OUT: both, IN: both });
      await saga.start(CONCURRENT);
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls.sort()).toEqual([...FORWARD].sort());
    },
  },

  {
    id: 'SAGA-11',
    title: 'a concurrent saga compensates side by side and repeats what is not done yet',
    run: async ({ saga }) => {
      saga.answers({ OUT: 'fail', 'OUT.rev': '1:wait' });
      await saga.start(CONCURRENT);
      expect(await saga.settledAfter(4)).toMatchObject({ status: 'aborting' });
      await saga.revisit();
      expect(await saga.ended()).toMatchObject({ status: 'failed', rows: expect.stringMatching(/^S F S [SP]$/) });
      const { calls } = saga;
      const undoOut = 'OUT.rev[01 compensate]';
      expect([...calls].sort()).toEqual([...FORWARD, ...BACKWARD, undoOut].sort());
      expect(calls.indexOf('IN.rev[02 compensate]')).toBeGreaterThan(calls.indexOf('IN[02 action]'));
      expect(calls.indexOf(undoOut)).toBeGreaterThan(calls.indexOf('OUT[01 action]'));
      expect(calls.at(-1)).toBe(undoOut);
    },
  },

  {
    id: 'SAGA-12',
    title: 'a step that waits for a refused one is neither called nor compensated',
    run: async ({ saga }) => {
      saga.answers({ OUT: 'fail' });
      await saga.start({ custom_data: '{"concurrent":true,"orders":{"1":[0]}}' });
      expect(await saga.ended()).toMatchObject({ status: 'failed', rows: 'S F P P' });
      expect(saga.calls).toEqual(['OUT[01 action]', 'OUT.rev[01 compensate]']);
    },
  },

  {
    id: 'SAGA-14',
    title: 'a step that is not done yet keeps a concurrent saga open, the others are recorded',
    run: async ({ saga }) => {
      saga.answers({ OUT: '1:wait' });
      await saga.start(CONCURRENT);
      expect(await saga.settledAfter(2)).toMatchObject({ status: 'submitted', rows: 'P P P S' });
      await saga.revisit();
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls.slice(0, 2).sort()).toEqual([...FORWARD].sort());
      expect(saga.calls.slice(2)).toEqual(['OUT[01 action]']);
    },
  },
];
