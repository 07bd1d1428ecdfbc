import { Barrier, branchInfoFrom } from '@nestjs-dtx/client';
import type { Word } from '../../support/fixture/answer';
import type { ScriptFunction } from '../../support/fixture/script';
import type { Accounts } from '../../support/participant/accounts';
import type { Row } from '../row';

const FORWARD = ['OUT_B[01 action]', 'IN_B[02 action]'];

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };

/** A.4.5: sagas whose services stand behind the barrier. */
export const SAGA_BARRIER_ROWS: readonly Row[] = [
  {
    id: 'SAGA-60',
    title: 'a saga behind the barrier moves the amount',
    run: async (context) => {
      const { saga } = context;
      const accounts = await context.accountsOf(saga);
      saga.answers({ OUT_B: accounts.guarded('OUT'), IN_B: accounts.guarded('IN') });
      await saga.start({ steps: [saga.step('OUT_B'), saga.step('IN_B')] });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(FORWARD);
      expect(await accounts.moved(saga.gid)).toEqual(MOVED);
    },
  },

  {
    id: 'SAGA-61',
    title: 'a saga that is rolled back behind the barrier moves nothing: what was refused is not undone',
    run: async (context) => {
      const { saga } = context;
      const accounts = await context.accountsOf(saga);
      saga.answers({
        OUT_B: accounts.guarded('OUT'),
        'OUT_B.rev': accounts.guarded('OUT'),
        IN_B: accounts.refusing('IN'),
        'IN_B.rev': accounts.guarded('IN'),
      });
      await saga.start({ steps: [saga.step('OUT_B'), saga.step('IN_B')] });
      expect(await saga.ended()).toMatchObject({ status: 'failed', rows: 'S S S F' });
      expect(saga.calls).toEqual([...FORWARD, 'IN_B.rev[02 compensate]', 'OUT_B.rev[01 compensate]']);
      expect(await accounts.moved(saga.gid)).toEqual(SAME);
    },
  },

  {
    id: 'SAGA-62',
    title: 'a branch may pass the barrier twice, with half of the amount each time',
    run: async (context) => {
      const { saga } = context;
      const accounts = await context.accountsOf(saga);
      saga.answers({ OUT_B: accounts.guarded('OUT'), IN_B: inTwoHalves(accounts) });
      await saga.start({ steps: [saga.step('OUT_B'), saga.step('IN_B')] });
      expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(saga.calls).toEqual(FORWARD);
      expect(await accounts.moved(saga.gid)).toEqual(MOVED);
    },
  },
];

/** Two local transactions of one request: its barrier counts them (spec 8.2). */
function inTwoHalves(accounts: Accounts): ScriptFunction {
  return async (_, { query }): Promise<Word> => {
    const info = branchInfoFrom(query);
    const barrier = new Barrier(info, accounts.database);
    for (let half = 0; half < 2; half += 1) {
      await accounts.database.transaction((executor) =>
        barrier.call(executor, () => accounts.apply(executor, info, 'IN', { share: 0.5 })),
      );
    }
    return 'ok';
  };
}
