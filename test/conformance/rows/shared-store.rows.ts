import type { SagaCase } from '../../support/saga-case';
import type { Row } from '../row';
import type { RowContext } from '../row-context';
import { FORWARD } from './expected-calls';

const SAGAS = 20;

/** A.8 and A.9: two coordinators at work on one store. */
export const SHARED_STORE_ROWS: readonly Row[] = [
  {
    id: 'ST-03',
    title: 'what is due is visited once, what is not due or finished never, though two coordinators look for it',
    needs: 'shared',
    run: async (context) => {
      const [one] = await twoCoordinators(context);
      const finished = one.newSaga();
      await finished.start({ wait_result: true });
      const early = one.newSaga();
      await waitFor(early, 3600);
      const due = one.newSaga();
      // Two visits later both coordinators have looked for work more than once.
      for (const saga of [due, one.newSaga(), one.newSaga()]) {
        await waitFor(saga, 1);
        await saga.ended();
      }
      expect(due.calls).toEqual(['OUT[01 action]', ...FORWARD]);
      expect(early.calls).toEqual(['OUT[01 action]']);
      expect(finished.calls).toEqual(FORWARD);
    },
  },

  {
    id: 'X-17',
    title: 'each of many due transactions is visited by one of two coordinators',
    needs: 'shared',
    run: async (context) => {
      const both = await twoCoordinators(context);
      // Both count alike, so the sagas of one round have one gid; it is submitted to either in turn.
      const sagas = Array.from({ length: SAGAS }, (_, round) => both.map((one) => one.newSaga())[round % 2]!);
      await Promise.all(sagas.map((saga) => waitFor(saga, 1)));
      for (const saga of sagas) expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      for (const saga of sagas) expect(saga.calls).toEqual(['OUT[01 action]', ...FORWARD]);
    },
  },
];

/** Starts them one after the other, as the first one makes the schema. */
async function twoCoordinators(context: RowContext): Promise<readonly [RowContext, RowContext]> {
  const store = await context.newStore();
  const { context: one } = await context.startOwn(store);
  const { context: other } = await context.startOwn(store);
  return [one, other];
}

/** Starts a saga that is not done at its first visit; the next one is due in so many seconds. */
async function waitFor(saga: SagaCase, seconds: number): Promise<void> {
  saga.answers({ OUT: '1:wait' });
  await saga.start({ retry_interval: seconds });
  await saga.settledAfter(1);
}
