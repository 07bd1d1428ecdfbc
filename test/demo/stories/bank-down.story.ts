import { until } from '../../support/until';
import type { Story } from '../story';

export function bankDown(amountMinor: number): Story {
  return {
    title: 'the second bank is down for a while',
    order: { mode: 'saga', from: 'bank-a/bob', to: 'bank-b/alice', amountMinor },
    end: 'succeed',
    play: async (stage) => {
      const { world, order } = stage;
      const bank = world.banks['bank-b'];
      await bank.server.kill();
      stage.note('bank-b is down');
      const { gid } = await world.banks['bank-a'].transfer(order, { wait: false });
      await until('the coordinator has called bank-b in vain', async () => {
        const { transaction } = await world.api.query(gid);
        return (transaction?.attempts ?? 0) > 0;
      });
      stage.note('bank-b does not answer; the coordinator will try again, the money is on its way');
      await bank.start();
      stage.note('bank-b is back');
      return gid;
    },
  };
}
