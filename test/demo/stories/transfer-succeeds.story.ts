import type { Story } from '../story';

export const transferSucceeds: Story = {
  title: 'a transfer that succeeds',
  order: { from: 'bank-a/alice', to: 'bank-b/bob', amountMinor: 3000 },
  end: 'succeed',
  play: async ({ world, order }) => (await world.banks['bank-a'].transfer(order, true)).gid,
};
