import { DtxClient } from '@nestjs-dtx/client';
import { freePort } from '../../support/free-port';
import { post, send, type Reply } from '../../support/http';
import type { Row } from '../row';
import type { RowContext } from '../row-context';

/** A.1: the errors of JSON-RPC. */
export const RPC_ROWS: readonly Row[] = [
  {
    id: 'RPC-01',
    title: 'what is no JSON cannot be parsed',
    run: async ({ api }) => {
      const reply = await send('POST', `${api.url}/api/json-rpc`, { body: 'no JSON' });
      expect(reply).toMatchObject({
        status: 400,
        json: {
          error: { code: -32700, message: expect.stringMatching(/^Parse json error: /) },
          id: '',
          jsonrpc: '2.0',
        },
      });
      expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8');
    },
  },

  {
    id: 'RPC-02',
    title: 'a client whose coordinator is not there is told so',
    run: async (context) => {
      const unreachable = `http://127.0.0.1:${await freePort()}`;
      await expect(post(`${unreachable}/api/json-rpc`, request('newGid'))).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      });
      const client = new DtxClient({ coordinator: unreachable, timeoutMs: 500 });
      try {
        const saga = client.saga(context.saga.gid).add(context.saga.url('OUT'), '', {});
        await expect(saga.submit()).rejects.toMatchObject({ code: 'DTX_COORDINATOR_UNREACHABLE' });
      } finally {
        await client.close();
      }
      expect(context.saga.calls).toEqual([]);
    },
  },

  {
    id: 'RPC-03',
    title: 'another version of JSON-RPC is no request',
    run: async (context) => {
      expect(await call(context, { ...request('newGid'), jsonrpc: '1.0' })).toMatchObject({
        status: 200,
        json: { error: { code: -32600 }, result: null },
      });
    },
  },

  {
    id: 'RPC-04',
    title: 'an unknown method is not found',
    run: async (context) => {
      expect(await call(context, request('queryAll'))).toMatchObject({
        status: 200,
        json: { error: { code: -32601, message: 'Method not found: queryAll' }, result: null },
      });
    },
  },

  {
    id: 'RPC-05',
    title: 'a branch of an unknown type of transaction is an error, and no refusal',
    run: async (context) => {
      const { gid } = context.saga;
      const registration = { gid, trans_type: 'unknown', branch_id: '01' };
      const { status, json, text } = await call(context, request('registerBranch', registration));
      expect([status, json]).toMatchObject([
        200,
        { error: { code: -32603, message: expect.stringContaining('unknow trans type: ') }, result: {} },
      ]);
      expect(text).not.toContain('FAILURE');
      expect(await context.api.query(gid)).toEqual({ transaction: null, branches: [] });
    },
  },

  {
    id: 'RPC-06',
    title: 'a gid is given whatever the parameters',
    run: async (context) => {
      expect(await call(context, request('newGid', ''))).toMatchObject({
        status: 200,
        json: { error: null, id: 'a1', jsonrpc: '2.0', result: { gid: expect.stringMatching(/^\S+$/) } },
      });
    },
  },
];

function request(method: string, params: unknown = {}): Readonly<Record<string, unknown>> {
  return { jsonrpc: '2.0', id: 'a1', method, params };
}

function call({ api }: RowContext, body: unknown): Promise<Reply> {
  return post(`${api.url}/api/json-rpc`, body);
}
