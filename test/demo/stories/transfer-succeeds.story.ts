import type { TransferMode } from '../modes';
import type { Story } from '../story';

export function transferSucceeds(mode: TransferMode, amountMinor: number): Story {
  return {
    title: 'a transfer that succeeds',
    order: { mode, from: 'bank-a/alice', to: 'bank-b/bob', amountMinor },
    end: 'succeed',
    play: async ({ world, order }) => (await world.banks['bank-a'].transfer(order, { wait: true })).gid,
  };
}
