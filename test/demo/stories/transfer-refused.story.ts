import type { TransferMode } from '../modes';
import type { Story } from '../story';

/** What becomes of the part that was done already. */
const CONSEQUENCES: Readonly<Record<TransferMode, string>> = {
  saga: 'the second bank refuses: the withdrawal is undone',
  tcc: 'the second bank refuses: what was set aside is released',
  msg: 'the first bank refuses: the message is not sent',
  workflow: 'the second bank refuses: the withdrawal is undone',
  xa: 'the second bank refuses: the first one rolls back',
};

export function transferRefused(mode: TransferMode, amountMinor: number): Story {
  return {
    title: `a transfer that ${CONSEQUENCES[mode]}`,
    // The receiver of a message cannot refuse any more; all that can is the sender's own transaction.
    order: { mode, from: 'bank-a/alice', ...(mode === 'msg' ? TOO_MUCH : { to: 'bank-b/frozen-fred', amountMinor }) },
    end: 'failed',
    play: async ({ world, order }) => (await world.banks['bank-a'].transfer(order, { wait: true })).gid,
  };
}

const TOO_MUCH = { to: 'bank-b/bob', amountMinor: 100_000_00 } as const;
