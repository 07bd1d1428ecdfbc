import type { KvPageView } from '@nestjs-dtx/protocol';
import { payload } from '../../support/fixture/transfer';
import { get } from '../../support/http';
import { until } from '../../support/until';
import type { Row } from '../row';
import type { RowContext } from '../row-context';

const MINUTE_MS = 60_000;

/** By the address of the coordinator that the rows of an engine share. */
const COUNTING = new Map<string, Promise<RowContext>>();
const DUE_IN_PARTS = new Map<string, Promise<void>>();

/** A.1: administration and queries. */
export const API_ROWS: readonly Row[] = [
  {
    id: 'API-01',
    title: 'the version is told',
    run: async ({ api }) => {
      expect(await api.get('version')).toMatchObject({ status: 200, json: { version: expect.any(String) } });
    },
  },

  {
    id: 'API-02a',
    title: 'a query shows a message with a branch for each subscriber of its topic',
    run: async (context) => {
      const msg = context.newMsg();
      for (const name of ['OUT', 'IN']) await subscribe(context, msg.gid, msg.url(name));
      await msg.start({ steps: [{ action: `topic://${msg.gid}` }], payloads: [payload()] });
      await msg.ended();
      const { transaction, branches } = await context.api.query(msg.gid);
      expect(transaction).toMatchObject({ gid: msg.gid, trans_type: 'msg', status: 'succeed' });
      expect(branches.map(({ url }) => url)).toEqual([msg.url('OUT'), msg.url('IN')]);
    },
  },

  {
    id: 'API-02b',
    title: 'a query without a gid is an error',
    run: async ({ api }) => {
      expect(await api.get('query?gid=')).toMatchObject({ status: 500, json: { message: 'no gid specified' } });
      expect((await api.get('query')).status).toBe(500);
    },
  },

  {
    id: 'API-02c',
    title: 'a query for an unknown gid finds no transaction and no branches',
    run: async ({ api }) => {
      expect(await api.get('query?gid=1')).toMatchObject({ status: 200, json: { transaction: null, branches: [] } });
    },
  },

  {
    id: 'API-03',
    title: 'transactions are listed page by page and by filter',
    run: async (context) => {
      await listsByPage(await counting(context));
    },
  },

  {
    id: 'API-04',
    title: 'the rows of a category are listed page by page',
    run: async (context) => {
      const own = await counting(context);
      for (const topic of ['one', 'two', 'three']) await subscribe(own, topic, own.saga.url('OUT'));
      const first = await scanned(own, 'limit=1');
      expect([first.kv.length, first.next_position]).toEqual([1, expect.stringMatching(/./)]);
      const second = await scanned(own, `limit=1&position=${first.next_position}`);
      expect([second.kv.length, second.next_position]).toEqual([1, expect.stringMatching(/./)]);
      expect(second.next_position).not.toBe(first.next_position);
      const rest = await scanned(own, `limit=1000&position=${first.next_position}`);
      expect(rest.next_position).toBe('');
      expect([...first.kv, ...rest.kv].map(({ k }) => k).sort()).toEqual(['one', 'three', 'two']);
      expect(rest.kv[0]).toMatchObject({ cat: 'topics', v: expect.stringContaining('"url"'), version: 1 });
    },
  },

  {
    id: 'API-05',
    title: 'a row is found by its key, an unknown one is not',
    run: async (context) => {
      const topic = context.saga.gid;
      await subscribe(context, topic, context.saga.url('OUT'));
      const { api } = context;
      expect(await api.get(`queryKV?cat=topics&key=${topic}`)).toMatchObject({
        status: 200,
        json: { kv: [{ cat: 'topics', k: topic, version: 1 }] },
      });
      expect(await api.get(`queryKV?cat=topics&key=${topic}-unknown`)).toMatchObject({ status: 200, json: { kv: [] } });
    },
  },

  {
    id: 'API-06',
    title: 'there are metrics for Prometheus',
    run: async ({ api, saga }) => {
      await saga.start();
      await saga.ended();
      const { status, headers, text } = await get(`${api.url}/api/metrics`);
      expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      expect(text).toMatch(/^dtm_server_process_total\{type="http",api="submit",status="ok"\} [1-9]/m);
      expect(text).toMatch(
        /^dtm_branch_process_total\{model="saga",branchid="01",branchtype="action",status="ok"\} [1-9]/m,
      );
    },
  },

  {
    id: 'API-07',
    title: 'transactions that are due much later are made due in parts, and these are the ones that are visited',
    run: (context) => onceEach(context, DUE_IN_PARTS, async () => makesDueInParts(await counting(context))),
  },

  {
    id: 'ST-04',
    title: 'the store makes what is due much later due in parts',
    // The catalogue counts the case twice.
    run: (context) => onceEach(context, DUE_IN_PARTS, async () => makesDueInParts(await counting(context))),
  },

  {
    id: 'API-08',
    title: 'a transaction stopped by force fails, its rows stay, nothing is called any more',
    run: async (context) => {
      const { saga, api } = context;
      saga.answers({ OUT: 'wait' });
      await saga.start();
      expect(await saga.settledAfter(1)).toMatchObject({ status: 'submitted' });
      expect((await api.post('forceStop', { gid: saga.gid })).status).toBe(200);
      expect(await saga.state()).toMatchObject({ status: 'failed', rows: 'P P P P' });
      // A witness that is made due after it is visited: a visit to the stopped one would have come before.
      const witness = context.newSaga();
      witness.answers({ OUT: '1:wait' });
      await witness.start();
      await witness.settledAfter(1);
      await saga.revisit();
      await witness.revisit();
      await witness.ended();
      expect(saga.calls).toEqual(['OUT[01 action]']);
      expect(await saga.state()).toMatchObject({ status: 'failed', rows: 'P P P P' });
    },
  },

  {
    id: 'API-10',
    title: 'a finished transaction may be made due, which changes nothing but the time',
    run: async ({ saga, api }) => {
      await saga.start();
      await saga.ended();
      const sentAt = Date.now();
      expect((await api.post('resetNextCronTime', { gid: saga.gid })).status).toBe(200);
      const { status, transaction } = await saga.state();
      expect(status).toBe('succeed');
      const due = Date.parse(transaction.next_cron_time ?? '');
      expect(due).toBeGreaterThanOrEqual(sentAt - 1000);
      expect(due).toBeLessThanOrEqual(sentAt + 3000);
      expect(saga.calls).toHaveLength(2);
    },
  },

  {
    id: 'API-11',
    title: 'every request for a gid gets a new one',
    run: async ({ api }) => {
      const replies = await Promise.all([api.get('newGid'), api.get('newGid')]);
      const gids = replies.map(({ json }) => (json as { gid: string }).gid);
      for (const reply of replies) expect(reply).toMatchObject({ status: 200, json: { dtm_result: 'SUCCESS' } });
      expect(gids[0]).toMatch(/^\S+$/);
      expect(gids[0]).not.toBe(gids[1]);
    },
  },

  {
    id: 'API-12',
    title: 'a submit with nothing but a gid is an error that the server survives',
    run: async ({ saga, api }) => {
      const reply = await api.submit({ gid: saga.gid });
      expect(reply).toMatchObject({ status: 500, json: { message: expect.stringMatching(/\S/) } });
      expect(await api.query(saga.gid)).toEqual({ transaction: null, branches: [] });
      expect((await api.get('version')).status).toBe(200);
    },
  },
];

/**
 * A coordinator of their own for the rows that count what a whole store holds, where no others work. They share it, as they
 * count different things, and every further process that starts would disturb the rows about time.
 */
function counting(context: RowContext): Promise<RowContext> {
  return onceEach(context, COUNTING, async () => (await context.startOwn(await context.newStore())).context);
}

/** @returns what the work came to when it was first asked for on the engine of this row */
function onceEach<T>({ api }: RowContext, done: Map<string, Promise<T>>, work: () => Promise<T>): Promise<T> {
  const known = done.get(api.url);
  if (known) return known;
  const result = work();
  done.set(api.url, result);
  return result;
}

/** Those that are prepared and timed out are rolled back as soon as they are visited. */
async function makesDueInParts(context: RowContext): Promise<void> {
  const [later, sooner] = [Array.from({ length: 10 }, () => context.newTcc()), context.newTcc()];
  for (const tcc of later) await tcc.begin({ retry_interval: 110, timeout_to_fail: 1 });
  await sooner.begin({ retry_interval: 90, timeout_to_fail: 1 });
  const reset = async (timeout: number, limit: number): Promise<unknown> => {
    const reply = await context.api.get(`resetCronTime?timeout=${timeout}&limit=${limit}`);
    expect(reply.status).toBe(200);
    return reply.json;
  };
  const failed = async (): Promise<string[]> =>
    ((await context.api.all({ status: 'failed' })).transactions ?? []).map(({ gid }) => gid).sort();
  const fail = (count: number): Promise<unknown> =>
    until(`${count} have failed`, async () => (await failed()).length === count);

  expect(await reset(100, 9)).toEqual({ succeed_count: 9, has_remaining: true });
  await fail(9);
  expect(await reset(100, 10)).toEqual({ succeed_count: 1, has_remaining: false });
  await fail(10);
  expect(await failed()).toEqual(later.map(({ gid }) => gid).sort());
  expect((await sooner.state()).status).toBe('prepared');
  expect(await reset(88, 10)).toEqual({ succeed_count: 1, has_remaining: false });
  await fail(11);
  expect(await reset(88, 10)).toEqual({ succeed_count: 0, has_remaining: false });
}

async function scanned({ api }: RowContext, parameters: string): Promise<KvPageView> {
  const reply = await api.get(`scanKV?cat=topics&${parameters}`);
  expect(reply.status).toBe(200);
  return reply.json as KvPageView;
}

async function subscribe({ api }: RowContext, topic: string, url: string): Promise<void> {
  const reply = await api.get(`subscribe?topic=${topic}&url=${encodeURIComponent(url)}`);
  expect(reply).toMatchObject({ status: 200, json: { dtm_result: 'SUCCESS' } });
}

async function listsByPage(context: RowContext): Promise<void> {
  const { api } = context;
  const messages = [context.newMsg(), context.newMsg(), context.newMsg()];
  for (const msg of messages) await msg.start({ wait_result: true });
  const gid = messages[1]!.gid;

  const first = await api.all({ limit: 1 });
  expect(first.next_position).not.toBe('');
  expect((await api.all({ gid })).transactions).toMatchObject([{ gid }]);

  const second = await api.all({ limit: 1, position: first.next_position });
  expect(second.next_position).not.toBe('');
  expect(second.next_position).not.toBe(first.next_position);
  expect((await api.all({ limit: 1000, position: first.next_position })).next_position).toBe('');

  const now = Date.now();
  const found = await api.all({
    limit: 10,
    status: 'succeed',
    transType: 'msg',
    createTimeStart: now - MINUTE_MS,
    createTimeEnd: now + MINUTE_MS,
  });
  expect(found.next_position).toBe('');
  expect(found.transactions?.map((transaction) => transaction.gid).sort()).toEqual(
    messages.map((msg) => msg.gid).sort(),
  );
  for (const transaction of found.transactions ?? []) {
    expect(transaction).toMatchObject({ trans_type: 'msg', status: 'succeed' });
  }
  expect((await api.all({ status: 'failed', transType: 'msg' })).transactions ?? []).toEqual([]);
  expect((await get(`${api.url}/api/dtmsvr/all?createTimeEnd=${now - MINUTE_MS}`)).json).toMatchObject({
    next_position: '',
  });
}
