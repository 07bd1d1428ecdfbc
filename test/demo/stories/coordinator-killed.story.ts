import { until } from '../../support/until';
import type { Story } from '../story';

export function coordinatorKilled(amountMinor: number): Story {
  return {
    title: 'the coordinator is killed in the middle of a transfer',
    order: { mode: 'saga', from: 'bank-a/alice', to: 'bank-b/bob', amountMinor },
    end: 'succeed',
    play: async (stage) => {
      const { world, order } = stage;
      const receiver = world.banks['bank-b'].server;
      // A bank that holds its breath makes sure that the coordinator dies between the two steps.
      receiver.freeze();
      const { gid } = await world.banks['bank-a'].transfer(order, { wait: false });
      await until('the withdrawal is recorded', async () => {
        const { branches } = await world.api.query(gid);
        return branches.some(({ op, status }) => op === 'action' && status === 'succeed');
      });
      const killed = world.coordinator;
      await killed.kill();
      stage.note(`the coordinator (process ${killed.pid}) is killed with SIGKILL while it calls bank-b`);
      receiver.thaw();
      await world.restartCoordinator();
      const wait = world.isShared ? ', and waits until the lease of the dead one has run out' : '';
      stage.note(`a new coordinator (process ${world.coordinator.pid}) runs on the same data${wait}`);
      return gid;
    },
  };
}
