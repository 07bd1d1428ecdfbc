import { until } from '../../support/until';
import type { Story } from '../story';

export const coordinatorKilled: Story = {
  title: 'the coordinator is killed in the middle of a transfer',
  order: { from: 'bank-a/alice', to: 'bank-b/bob', amountMinor: 1250 },
  end: 'succeed',
  play: async (stage) => {
    const { world, order } = stage;
    const receiver = world.banks['bank-b'].server;
    // A bank that holds its breath makes sure that the coordinator dies between the two steps.
    receiver.freeze();
    const { gid } = await world.banks['bank-a'].transfer(order, false);
    await until('the withdrawal is recorded', async () => {
      const { branches } = await world.api.query(gid);
      return branches.some(({ op, status }) => op === 'action' && status === 'succeed');
    });
    const killed = world.coordinator;
    await killed.kill();
    stage.note(`the coordinator (process ${killed.pid}) is killed with SIGKILL while it calls bank-b`);
    receiver.thaw();
    await world.restartCoordinator();
    stage.note(`a new coordinator (process ${world.coordinator.pid}) runs on the same data`);
    return gid;
  },
};
