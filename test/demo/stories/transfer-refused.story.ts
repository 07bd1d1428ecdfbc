import type { Story } from '../story';

export const transferRefused: Story = {
  title: 'a transfer that the second bank refuses: the withdrawal is undone',
  order: { from: 'bank-a/alice', to: 'bank-b/frozen-fred', amountMinor: 2000 },
  end: 'failed',
  play: async ({ world, order }) => (await world.banks['bank-a'].transfer(order, true)).gid,
};
