import { Barrier, BarrierDuplicatedError, type BarrierInfo } from '@nestjs-dtx/client';
import type { Accounts } from '../../support/participant/accounts';
import { payload } from '../../support/fixture/transfer';
import { CommandError, overHttp, type CommandChannel } from '../../support/transactions/command-channel';
import type { MsgCase } from '../../support/transactions/msg-case';
import type { Row } from '../row';
import type { RowContext } from '../row-context';

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };

/** A.3.2: a message together with the local transaction of its sender. */
export const MSG_LOCAL_ROWS: readonly Row[] = [
  {
    id: 'MSG-20',
    title: 'a message whose local transaction is committed is delivered',
    run: (context) => delivered(context),
  },

  {
    id: 'MSG-21',
    title: 'a message whose local work fails is taken back',
    run: (context) => takenBackWhenTheWorkFails(context),
  },

  {
    id: 'MSG-22',
    title: 'a local transaction whose check-back came first cannot commit any more',
    run: async (context) => {
      const { msg, accounts, local } = await sender(context);
      const late = async (): Promise<void> => {
        expect(await msg.checkBack()).toBe('fail');
        await local();
      };
      await expect(msg.doAndSubmit(late, toOne(msg))).rejects.toThrow(BarrierDuplicatedError);
      await expectTakenBack(msg, accounts);
    },
  },

  {
    id: 'MSG-23',
    title: 'a client that reaches no coordinator does not begin its local work',
    run: async (context) => {
      const wrong = overHttp(`${context.api.url}/api/nowhere`);
      const { msg, accounts, local } = await sender(context, wrong);
      const failed: unknown = await msg.doAndSubmit(local, toOne(msg)).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(CommandError);
      expect((failed as CommandError).reply).toMatchObject({ status: 404, text: '404 page not found' });
      expect(await accounts.moved(msg.gid)).toEqual(SAME);
      expect(await context.api.query(msg.gid)).toEqual({ transaction: null, branches: [] });
    },
  },

  {
    id: 'MSG-24',
    title: 'a message whose local transaction fails to commit is taken back',
    run: async (context) => {
      const { msg, accounts } = await sender(context);
      const uncommitted = (): Promise<void> =>
        accounts.database.transaction(async (executor) => {
          const info = localInfo(msg);
          await new Barrier(info, accounts.database).call(executor, () => accounts.apply(executor, info, 'OUT'));
          throw new Error('the commit fails');
        });
      await expect(msg.doAndSubmit(uncommitted, toOne(msg))).rejects.toThrow('the commit fails');
      await expectTakenBack(msg, accounts);
    },
  },

  {
    id: 'MSG-26',
    title: 'the same over JSON-RPC, with a branch of plain HTTP: delivered',
    run: (context) => delivered(context, context.jsonRpc),
  },

  {
    id: 'MSG-27',
    title: 'the same over JSON-RPC, with a branch of plain HTTP: taken back',
    run: (context) => takenBackWhenTheWorkFails(context, context.jsonRpc),
  },
];

/** A message with its accounts. */
interface Sender {
  readonly msg: MsgCase;
  readonly accounts: Accounts;
  /** The sender's local transaction. */
  readonly local: () => Promise<void>;
}

async function sender(context: RowContext, channel?: CommandChannel): Promise<Sender> {
  const msg = context.newMsg(channel);
  const accounts = await context.accountsOf(msg);
  msg.answers({ QP: accounts.checkBack(), IN_B: accounts.guarded('IN') });
  const info = localInfo(msg);
  const local = (): Promise<void> => accounts.receive(info, (executor) => accounts.apply(executor, info, 'OUT'));
  return { msg, accounts, local };
}

/** The barrier of a message's local transaction (spec 8.4). */
function localInfo({ gid }: MsgCase): BarrierInfo {
  return { transType: 'msg', gid, branchId: '00', op: 'msg' };
}

function toOne(msg: MsgCase): Readonly<Record<string, unknown>> {
  return { steps: [{ action: msg.url('IN_B') }], payloads: [payload()] };
}

async function delivered(context: RowContext, channel?: CommandChannel): Promise<void> {
  const { msg, accounts, local } = await sender(context, channel);
  await msg.doAndSubmit(local, toOne(msg));
  expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S' });
  expect(msg.calls).toEqual(['IN_B[01 action]']);
  expect(await accounts.moved(msg.gid)).toEqual(MOVED);
}

async function takenBackWhenTheWorkFails(context: RowContext, channel?: CommandChannel): Promise<void> {
  const { msg, accounts } = await sender(context, channel);
  const info = localInfo(msg);
  const failing = (): Promise<void> =>
    accounts.receive(info, async (executor) => {
      await accounts.apply(executor, info, 'OUT');
      throw new Error('out of stock');
    });
  await expect(msg.doAndSubmit(failing, toOne(msg))).rejects.toThrow('out of stock');
  await expectTakenBack(msg, accounts);
}

async function expectTakenBack(msg: MsgCase, accounts: Accounts): Promise<void> {
  expect(await msg.state()).toMatchObject({ status: 'failed', rows: 'P' });
  expect(msg.serverCalls).toEqual([]);
  expect(await accounts.moved(msg.gid)).toEqual(SAME);
}
