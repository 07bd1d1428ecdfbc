import { payload } from '../../support/fixture/transfer';
import { send, type Reply } from '../../support/http';
import type { Row } from '../row';

const SUCCESS = { status: 200, json: { dtm_result: 'SUCCESS' } };
const [FIRST, SECOND] = ['http://points:8080/award', 'http://mail:8080/send'];

/** A.2: topics. */
export const TOPIC_ROWS: readonly Row[] = [
  {
    id: 'TOP-01',
    title: 'a topic is made by its first subscription',
    run: async ({ api, saga }) => {
      const topic = saga.gid;
      expect(await subscribe(api.url, topic, FIRST)).toMatchObject(SUCCESS);
      expect(await stored(api.url, topic)).toMatchObject({
        version: 1,
        v: JSON.stringify([{ url: FIRST, remark: '' }]),
      });
    },
  },

  {
    id: 'TOP-02',
    title: 'a subscription that is there, or lacks its topic or its URL, is an error',
    run: async ({ api, saga }) => {
      const topic = saga.gid;
      await subscribe(api.url, topic, FIRST);
      expect(await subscribe(api.url, topic, FIRST)).toMatchObject(refusal('this url exists'));
      expect(await subscribe(api.url, '', FIRST)).toMatchObject(refusal('empty topic'));
      expect(await subscribe(api.url, topic, '')).toMatchObject(refusal('empty url'));
      expect(await stored(api.url, topic)).toMatchObject({ version: 1 });
    },
  },

  {
    id: 'TOP-03',
    title: 'a topic takes a second subscriber',
    run: async ({ api, saga }) => {
      const topic = saga.gid;
      for (const url of [FIRST, SECOND]) expect(await subscribe(api.url, topic, url)).toMatchObject(SUCCESS);
      const subscribers = [FIRST, SECOND].map((url) => ({ url, remark: '' }));
      expect(await stored(api.url, topic)).toMatchObject({ version: 2, v: JSON.stringify(subscribers) });
    },
  },

  {
    id: 'TOP-04',
    title: 'subscribers leave one by one, each once',
    run: async ({ api, saga }) => {
      const topic = saga.gid;
      for (const url of [FIRST, SECOND]) await subscribe(api.url, topic, url);
      const leave = (from: string, url: string) => change(api.url, 'unsubscribe', { topic: from, url });
      expect(await leave(topic, FIRST)).toMatchObject(SUCCESS);
      expect(await leave(topic, FIRST)).toMatchObject(refusal('no such an url '));
      expect(await leave('', FIRST)).toMatchObject(refusal('empty topic'));
      expect(await leave(topic, '')).toMatchObject(refusal('empty url'));
      expect(await leave(`${topic}-unknown`, FIRST)).toMatchObject(refusal('no such a topic'));
      expect(await leave(topic, SECOND)).toMatchObject(SUCCESS);
      expect(await leave(topic, SECOND)).toMatchObject(refusal('this topic is empty'));
      expect(await stored(api.url, topic)).toMatchObject({ version: 4, v: '[]' });
    },
  },

  {
    id: 'TOP-05',
    title: 'a topic is deleted once',
    run: async ({ api, saga }) => {
      const topic = saga.gid;
      expect(await deleted(api.url, topic)).toMatchObject(refusal('storage: NotFound'));
      await subscribe(api.url, topic, FIRST);
      expect(await deleted(api.url, topic)).toMatchObject(SUCCESS);
      expect(await stored(api.url, topic)).toBeUndefined();
      expect(await deleted(api.url, topic)).toMatchObject(refusal('storage: NotFound'));
    },
  },

  {
    id: 'TOP-12',
    title: 'a message to an unknown topic is an error, and nothing is stored',
    run: async (context) => {
      const msg = context.newMsg();
      const toTopic = { steps: [{ action: `topic://${msg.gid}` }], payloads: [payload()] };
      for (const reply of [await msg.submit(toTopic), await msg.prepare(toTopic)]) {
        expect(reply).toMatchObject({ status: 500, json: { message: expect.stringContaining('topic not found') } });
      }
      expect(await context.api.query(msg.gid)).toEqual({ transaction: null, branches: [] });
    },
  },

  {
    id: 'TOP-13',
    // The reference looks the subscribers up in a map that it reads every few seconds; here a subscription counts at once.
    title: 'the subscribers of a topic are numbered in the order of their subscription, a single one is not',
    run: async (context) => {
      const { url } = context.api;
      const [alone, both] = [context.newMsg(), context.newMsg()];
      const topic = context.saga.gid;
      const steps = [{ action: `topic://${topic}` }, { action: alone.url('LAST') }];
      // A machine that is busy with all the other rows must not make a call of two.
      const toTopic = { steps, request_timeout: 30 };
      await subscribe(url, topic, alone.url('OUT'));
      await alone.start(toTopic);
      await subscribe(url, topic, alone.url('IN'));
      await both.start(toTopic);
      await alone.ended();
      await both.ended();
      expect(alone.calls).toEqual(['OUT[01 action]', 'LAST[02 action]']);
      expect(both.calls).toEqual(['OUT[01-01 action]', 'IN[01-02 action]', 'LAST[02 action]']);
    },
  },
];

function subscribe(url: string, topic: string, subscriber: string): Promise<Reply> {
  return change(url, 'subscribe', { topic, url: subscriber });
}

/** dtm's form: a GET that changes state. */
function change(url: string, path: string, parameters: Readonly<Record<string, string>>): Promise<Reply> {
  return send('GET', `${url}/api/dtmsvr/${path}?${new URLSearchParams(parameters).toString()}`);
}

function deleted(url: string, topic: string): Promise<Reply> {
  return send('DELETE', `${url}/api/dtmsvr/topic/${encodeURIComponent(topic)}`);
}

/** @returns the row of the topic, as it is shown */
async function stored(url: string, topic: string): Promise<unknown> {
  const { json } = await send('GET', `${url}/api/dtmsvr/queryKV?cat=topics&key=${encodeURIComponent(topic)}`);
  return (json as { kv: unknown[] }).kv[0];
}

const refusal = (message: string) => ({ status: 500, json: { message } });
