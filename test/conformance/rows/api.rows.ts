import { get } from '../../support/http';
import type { Row } from '../row';
import type { RowContext } from '../row-context';

const MINUTE_MS = 60_000;

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
      // Counts rows of a whole store, so it needs one in which no other row works.
      const { context: own } = await context.startOwn(await context.newStore());
      await listsByPage(own);
    },
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

async function listsByPage(context: RowContext): Promise<void> {
  const { api } = context;
  const sagas = [context.saga, context.newSaga(), context.newSaga()];
  for (const saga of sagas) await saga.start({ wait_result: true });
  const gid = sagas[1]!.gid;

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
    transType: 'saga',
    createTimeStart: now - MINUTE_MS,
    createTimeEnd: now + MINUTE_MS,
  });
  expect(found.next_position).toBe('');
  expect(found.transactions?.map((transaction) => transaction.gid).sort()).toEqual(
    sagas.map((saga) => saga.gid).sort(),
  );
  for (const transaction of found.transactions ?? []) {
    expect(transaction).toMatchObject({ trans_type: 'saga', status: 'succeed' });
  }
  expect((await api.all({ status: 'failed' })).transactions ?? []).toEqual([]);
  expect((await get(`${api.url}/api/dtmsvr/all?createTimeEnd=${now - MINUTE_MS}`)).json).toMatchObject({
    next_position: '',
  });
}
