import type { Story } from '../story';

export function senderKilled(amountMinor: number): Story {
  return {
    title: 'the first bank is killed when it has paid and not yet sent the message',
    order: { mode: 'msg', from: 'bank-a/alice', to: 'bank-b/bob', amountMinor },
    end: 'succeed',
    play: async (stage) => {
      const { world, order } = stage;
      const sender = world.banks['bank-a'];
      const gid = 'killed-msg';
      const lost = world.line.lost('/submit');
      const answer = sender.transfer(order, { wait: true, transferId: gid }).catch(() => 'lost');
      await lost;
      await sender.server.kill();
      await answer;
      stage.note('bank-a has paid; then the message is lost on its way, and bank-a is killed with SIGKILL');
      await sender.start();
      stage.note('bank-a is back; after the timeout the coordinator asks it whether it has paid');
      return gid;
    },
  };
}
