import { payload } from '../../support/fixture/transfer';
import { post } from '../../support/http';
import type { Row } from '../row';
import type { RowContext } from '../row-context';
import { FORWARD } from './expected-calls';

const PROTOCOL = { protocol: 'json-rpc' };

/** A.3.4, A.5 and A.9: commands over JSON-RPC, and services that speak it. */
export const JSON_RPC_ROWS: readonly Row[] = [
  {
    id: 'MSG-70',
    title: 'a branch whose URL names a method is called by JSON-RPC, another one by HTTP',
    run: async (context) => {
      const msg = context.newMsg(context.jsonRpc);
      await msg.start({ ...PROTOCOL, steps: [{ action: msg.url('OUT') }, { action: rpcUrl(context, 'TransIn') }] });
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual(['OUT[01 action]', 'TransIn[02 action]']);
      const [out, transIn] = msg.records;
      expect(out).toMatchObject({ method: 'POST', body: payload() });
      expect(transIn).toMatchObject({ method: 'POST', query: { method: 'TransIn' } });
      expect(JSON.parse(transIn?.body ?? '')).toEqual({
        jsonrpc: '2.0',
        id: expect.stringMatching(/\S/),
        method: 'TransIn',
        params: { amount: 30, gid: msg.gid, trans_type: 'msg', branch_id: '02', op: 'action' },
      });
    },
  },

  {
    id: 'MSG-71',
    title: 'whatever error a JSON-RPC service answers a message with, it is asked again until it succeeds',
    run: async (context) => {
      const msg = context.newMsg(context.jsonRpc);
      msg.answers({ TransIn: '1:err,2:wait,3:fail' });
      await msg.start({ ...PROTOCOL, steps: [{ action: msg.url('OUT') }, { action: rpcUrl(context, 'TransIn') }] });
      for (const attempts of [1, 2, 3]) {
        expect(await msg.settledAfter(1 + attempts)).toMatchObject({ status: 'submitted', rows: 'S P' });
        await msg.revisit();
      }
      expect(await msg.ended()).toMatchObject({ status: 'succeed', rows: 'S S' });
      expect(msg.calls).toEqual(['OUT[01 action]', ...Array<string>(4).fill('TransIn[02 action]')]);
    },
  },

  {
    id: 'MSG-72',
    title: 'a submit that is repeated after the delivery is an error object',
    run: async (context) => {
      const msg = context.newMsg(context.jsonRpc);
      await msg.start();
      await msg.ended();
      expect(await msg.submit()).toMatchObject({
        status: 200,
        json: { error: { code: -32901, message: "current status 'succeed', cannot sumbmit. FAILURE" } },
      });
    },
  },

  {
    id: 'TCC-12',
    title: 'a TCC over JSON-RPC confirms over plain HTTP where the URLs name no method',
    run: async (context) => {
      const tcc = context.newTcc(context.jsonRpc);
      const work = async (): Promise<void> => {
        await tcc.call(tcc.branch('01', 'OUT'));
        await tcc.call(tcc.branch('02', 'IN'));
      };
      await tcc.run(work, PROTOCOL);
      expect(await tcc.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
      expect(tcc.serverCalls).toEqual(['IN.conf[02 confirm]', 'OUT.conf[01 confirm]']);
      expect(tcc.serverRecords.map(({ body }) => body)).toEqual([payload(), payload()]);
    },
  },

  {
    id: 'X-09',
    title: 'an id that is no string cannot be parsed',
    run: async ({ api, saga }) => {
      const request = { jsonrpc: '2.0', id: 1, method: 'submit', params: saga.body() };
      expect(await post(`${api.url}/api/json-rpc`, request)).toMatchObject({
        status: 400,
        text: expect.stringContaining('-32700'),
      });
      expect(await api.query(saga.gid)).toEqual({ transaction: null, branches: [] });
    },
  },

  {
    id: 'X-10',
    // The reference compares the codes with the wrong type and retries both; C-2 and Q5 decide for what was intended.
    title: 'the codes of a JSON-RPC service count: -32902 is not done yet, -32901 is refused',
    run: async (context) => {
      const { saga } = context;
      saga.answers({ TransIn: '1:wait,2:fail' }, 'the account is closed');
      const transIn = { action: rpcUrl(context, 'TransIn'), compensate: saga.url('IN.rev') };
      await saga.start({ ...PROTOCOL, steps: [saga.step('OUT'), transIn], retry_interval: 3600 });
      const { transaction, ...waiting } = await saga.settledAfter(2);
      expect(waiting).toMatchObject({ status: 'submitted', rows: 'P S P P' });
      expect(transaction.next_cron_interval).toBe(3600);
      await saga.revisit();
      const state = await saga.ended();
      expect(state).toMatchObject({ status: 'failed', rows: 'S S S F' });
      expect(state.reason).toContain('the account is closed');
      expect(saga.calls).toEqual([
        FORWARD[0],
        ...Array<string>(2).fill('TransIn[02 action]'),
        'IN.rev[02 compensate]',
        'OUT.rev[01 compensate]',
      ]);
    },
  },
];

function rpcUrl({ busi }: RowContext, method: string): string {
  return `${busi.url}/json-rpc?method=${method}`;
}
