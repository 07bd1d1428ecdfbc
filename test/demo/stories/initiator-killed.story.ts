import { until } from '../../support/until';
import type { TransferMode } from '../modes';
import type { Story } from '../story';
import type { World } from '../world';

/** The modes in which the bank that makes a transfer calls the other one itself. */
type Mode = Extract<TransferMode, 'tcc' | 'workflow' | 'xa'>;

/** What becomes of a transfer whose maker is gone. */
const ENDS = {
  tcc: { end: 'failed', outlook: 'nobody confirms: after its timeout the transfer is cancelled' },
  xa: { end: 'failed', outlook: 'nobody commits: after its timeout the transfer is rolled back' },
  workflow: { end: 'succeed', outlook: 'the coordinator calls it, and it goes on where it was' },
} as const satisfies Readonly<Record<Mode, object>>;

export function initiatorKilled(mode: Mode, amountMinor: number): Story {
  const { end, outlook } = ENDS[mode];
  return {
    title: 'the first bank is killed in the middle of a transfer',
    order: { mode, from: 'bank-a/alice', to: 'bank-b/bob', amountMinor },
    end,
    play: async (stage) => {
      const { world, order } = stage;
      const maker = world.banks['bank-a'];
      const receiver = world.banks['bank-b'].server;
      const gid = `killed-${mode}`;
      // A bank that holds its breath makes sure that the other one dies between the two steps.
      receiver.freeze();
      const answer = maker.transfer(order, { wait: true, transferId: gid }).catch(() => 'lost');
      await until('bank-a has done its own part', () => isHalfDone(world, gid, mode));
      await maker.server.kill();
      await answer;
      stage.note('bank-a is killed with SIGKILL while it calls bank-b');
      receiver.thaw();
      await maker.start();
      stage.note(`bank-a is back; ${outlook}`);
      return gid;
    },
  };
}

async function isHalfDone(world: World, gid: string, mode: Mode): Promise<boolean> {
  if (mode === 'xa') return (await world.inDoubt(gid)) > 0;
  const { branches } = await world.api.query(gid);
  // A TCC branch is registered right before its try.
  if (mode === 'tcc') return branches.some((branch) => branch.branch_id === '02');
  return branches.some(({ op, status }) => op === 'action' && status === 'succeed');
}
