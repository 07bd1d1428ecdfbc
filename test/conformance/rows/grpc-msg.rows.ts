import { Barrier, type BarrierInfo } from '@nestjs-dtx/client';
import { DTM_SERVICE } from '@nestjs-dtx/protocol';
import { GrpcCaller } from '@nestjs-dtx/testing';
import type { Accounts } from '../../support/participant/accounts';
import { payload } from '../../support/fixture/transfer';
import type { MsgCase } from '../../support/transactions/msg-case';
import type { Row } from '../row';
import type { RowContext } from '../row-context';
import { DELIVERED } from './expected-calls';

const SAME = { OUT: 0, IN: 0 };
const MOVED = { OUT: -30, IN: 30 };
const CHECK_BACK = 'QP[00 msg]';

/** A.3.2 and A.3.4: messages over gRPC. */
export const GRPC_MSG_ROWS: readonly Row[] = [
  {
    id: 'MSG-28',
    title: 'a message over gRPC whose local transaction is committed is delivered',
    run: async (context) => {
      const { msg, accounts, local } = await sender(context);
      await msg.doAndSubmit(local, toOne(msg));
      await expectDelivered(msg, accounts);
    },
  },

  {
    id: 'MSG-29',
    title: 'a message over gRPC whose local transaction fails to commit is taken back',
    run: async (context) => {
      const { msg, accounts } = await sender(context);
      const info = localInfo(msg);
      const uncommitted = (): Promise<void> =>
        accounts.database.transaction(async (executor) => {
          await new Barrier(info, accounts.database).call(executor, () => accounts.apply(executor, info, 'OUT'));
          throw new Error('the commit fails');
        });
      await expect(msg.doAndSubmit(uncommitted, toOne(msg))).rejects.toThrow('the commit fails');
      expect(await msg.state()).toMatchObject({ status: 'failed', rows: 'P' });
      expect(msg.serverCalls).toEqual([]);
      expect(await accounts.moved(msg.gid)).toEqual(SAME);
    },
  },

  {
    id: 'MSG-30',
    title:
      'a message over gRPC whose local transaction was committed is delivered, although its sender was told otherwise',
    run: async (context) => {
      const { msg, accounts, local } = await sender(context);
      const lostAnswer = async (): Promise<void> => {
        await local();
        throw new Error('the answer to the commit is lost');
      };
      await expect(msg.doAndSubmit(lostAnswer, toOne(msg))).rejects.toThrow('the answer to the commit is lost');
      await expectDelivered(msg, accounts);
    },
  },

  {
    id: 'MSG-60',
    title: 'a message to a topic over gRPC goes to its subscribers, in the order in which they subscribed',
    run: async (context) => {
      const msg = context.overGrpc().newMsg();
      const caller = new GrpcCaller(context.grpcAddress);
      for (const name of ['OUT', 'IN']) {
        await caller.call(DTM_SERVICE.Subscribe, { Topic: msg.gid, URL: msg.url(name) });
      }
      caller.close();
      await msg.start({ steps: [{ action: `topic://${msg.gid}` }], payloads: [payload()] });
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual(['OUT[01-01 action]', 'IN[01-02 action]']);
      expect(msg.records.map(({ body }) => body)).toEqual([payload(), payload()]);
    },
  },

  {
    id: 'MSG-61',
    title:
      'a message over gRPC that is not submitted in time is asked about, whatever its check-back replies beside OK',
    run: async (context) => {
      const msg = context.overGrpc().newMsg();
      msg.answers({ QP: '1:wait', OUT: '1:wait' });
      await msg.begin({ timeout_to_fail: 2, retry_interval: 3 });
      expect(await msg.settledAfter(1)).toMatchObject({ status: 'prepared', rows: 'P P' });
      await msg.revisit();
      expect(await msg.settledAfter(3)).toMatchObject({ status: 'submitted', rows: 'P P' });
      await msg.revisit();
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual([CHECK_BACK, CHECK_BACK, 'OUT[01 action]', ...DELIVERED]);
      expect(msg.records[0]).toMatchObject({ body: '', headers: { 'dtm-trans_type': 'msg', 'dtm-dtm': '' } });
    },
  },
];

interface Sender {
  readonly msg: MsgCase;
  readonly accounts: Accounts;
  /** The sender's local transaction. */
  readonly local: () => Promise<void>;
}

async function sender(context: RowContext): Promise<Sender> {
  const msg = context.overGrpc().newMsg();
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

async function expectDelivered(msg: MsgCase, accounts: Accounts): Promise<void> {
  expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S' });
  expect(msg.serverCalls).toEqual(['IN_B[01 action]']);
  expect(await accounts.moved(msg.gid)).toEqual(MOVED);
}
