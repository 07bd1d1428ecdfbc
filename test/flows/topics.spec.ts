import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { payload } from '../support/fixture/transfer';
import { post, send } from '../support/http';
import { SHARED_ENGINES } from '../support/store-engine';
import { until } from '../support/until';
import { Flow } from './flow';

/** How long another coordinator may believe what it has read (C-7). Milliseconds. */
const SEEN_WITHIN = 1000;
/** The request that looks takes its time as well. Milliseconds. */
const LOOKING = 500;

describe('topics on several coordinators', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let one: Flow;
    let other: Flow;

    beforeAll(async () => {
      const store = await engine.create(cleanup);
      one = await Flow.start(cleanup, store);
      other = await Flow.startWith(cleanup, one.busi, store);
    });

    afterAll(() => cleanup.run());

    // In dtm a deleted topic goes on receiving, and one that is made again is ignored, until the server is started again.
    test('are seen by the others within a second as they are, deleted and made again included', async () => {
      const topic = `seen-${engine.name}`;
      await sees(0, topic);
      await change('subscribe', { topic, url: 'http://points/award' });
      await sees(1, topic);
      await change('subscribe', { topic, url: 'http://mail/send' });
      await sees(2, topic);
      await change('unsubscribe', { topic, url: 'http://mail/send' });
      await sees(1, topic);
      expect((await send('DELETE', `${one.api.url}/api/v2/topic/${topic}`)).status).toBe(200);
      await sees(0, topic);
      await change('subscribe', { topic, url: 'http://mail/send' });
      await sees(1, topic);
    });

    test('lose no subscriber of many that come at the same time, and take none twice', async () => {
      const topic = `crowd-${engine.name}`;
      const urls = Array.from({ length: 6 }, (_, index) => `http://subscriber-${index}/`);
      const everyUrlTwice = [one, other].flatMap((flow) => urls.map((url) => ({ flow, url })));
      const replies = await Promise.all(
        everyUrlTwice.map(({ flow, url }) => post(`${flow.api.url}/api/v2/subscribe`, { topic, url })),
      );
      expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
        ...Array<number>(urls.length).fill(200),
        ...Array<number>(urls.length).fill(409),
      ]);
      const { json } = await one.api.get(`queryKV?cat=topics&key=${topic}`);
      const [row] = (json as { kv: { v: string; version: number }[] }).kv;
      expect(row!.version).toBe(urls.length);
      const subscribers = JSON.parse(row!.v) as { url: string }[];
      expect(subscribers.map(({ url }) => url).sort()).toEqual(urls);
    });

    async function change(path: 'subscribe' | 'unsubscribe', body: object): Promise<void> {
      expect((await post(`${one.api.url}/api/v2/${path}`, body)).status).toBe(200);
    }

    /** What a message that is prepared at the other coordinator would have. */
    function sees(subscribers: number, topic: string): Promise<unknown> {
      const look = async (): Promise<boolean> => (await branchesOf(topic)) === subscribers;
      return until(`${subscribers} subscribers are seen`, look, { withinMs: SEEN_WITHIN + LOOKING });
    }

    async function branchesOf(topic: string): Promise<number> {
      const { gid } = other.saga('to-topic');
      const steps = [{ action: `topic://${topic}` }];
      const message = { gid, trans_type: 'msg', steps, payloads: [payload()], query_prepared: 'http://check/' };
      const reply = await other.api.prepare(message);
      if (reply.status === 200) return (await other.api.query(gid)).branches.length;
      expect(reply).toMatchObject({ status: 500, json: { message: 'topic not found' } });
      return 0;
    }
  });
});
