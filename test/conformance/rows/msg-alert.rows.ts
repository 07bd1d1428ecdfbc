import type { Row } from '../row';
import type { RowContext } from '../row-context';
import { DELIVERED } from './expected-calls';

/** A.3.1: who is told when a branch keeps failing. The coordinator tells it at the third failure (`ALERT_RETRY_LIMIT`). */
export const MSG_ALERT_ROWS: readonly Row[] = [
  {
    id: 'MSG-10',
    title: 'the third error in a row is told to the web hook, and the fourth call delivers',
    run: (context) => toldAtTheThird(context, false),
  },
  {
    id: 'MSG-11',
    title: 'a web hook that fails changes nothing for the message',
    run: (context) => toldAtTheThird(context, true),
  },
];

async function toldAtTheThird(context: RowContext, hookFails: boolean): Promise<void> {
  const { alerts } = context.busi;
  const msg = context.newMsg();
  if (hookFails) alerts.fail(msg.gid);
  const toldBefore: number[] = [];
  msg.answers({
    IN: (attempt) => {
      toldBefore.push(alerts.of(msg.gid).length);
      return attempt <= 3 ? 'err' : 'ok';
    },
  });
  await msg.start({ retry_interval: 1 });
  for (const failures of [1, 2, 3]) {
    expect(await msg.settledAfter(1 + failures)).toMatchObject({ status: 'submitted', rows: 'S P' });
    if (failures < 3) await msg.revisit();
  }
  expect(await context.busi.alerted(msg.gid)).toMatchObject({
    gid: msg.gid,
    status: 'submitted',
    branch: msg.url('IN'),
    error: expect.stringMatching(/\S/),
    retry_count: 3,
  });
  await msg.revisit();
  expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
  expect(msg.calls).toEqual([...DELIVERED, ...Array<string>(3).fill('IN[02 action]')]);
  expect(toldBefore.slice(0, 3)).toEqual([0, 0, 0]);
}
