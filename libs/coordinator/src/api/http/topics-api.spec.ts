import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { CapturedLog } from '../../captured-log.spec-helper';
import { send, type Reply } from './http.spec-helper';

const JSON_TYPE = 'application/json; charset=utf-8';
const SUCCESS = { status: 200, contentType: JSON_TYPE, text: '{"dtm_result":"SUCCESS"}' };
const URL = 'http://points/award';

describe('topics over HTTP', () => {
  let coordinator: RunningCoordinator;
  let log: CapturedLog;

  beforeAll(() => {
    log = CapturedLog.start();
  });

  beforeEach(async () => {
    coordinator = await startCoordinator({ http: { host: '127.0.0.1', port: 0 }, store: { driver: 'memory' } });
  });

  afterEach(() => coordinator.close());

  afterAll(() => log.restore());

  const dtm = (path: string, method = 'GET'): Promise<Reply> => send(method, `${coordinator.url}/api/dtmsvr/${path}`);
  const v2 = (path: string, body: unknown): Promise<Reply> =>
    send('POST', `${coordinator.url}/api/v2/${path}`, JSON.stringify(body));
  const json = ({ text }: Reply): unknown => JSON.parse(text);
  const query = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
  const stored = async (): Promise<unknown> => json(await dtm('queryKV?cat=topics'));
  const asStored = (topic: string, version: number, ...subscribers: object[]) => ({
    id: expect.any(Number),
    create_time: expect.stringMatching(/^\d{4}-.*Z$/),
    update_time: expect.stringMatching(/^\d{4}-.*Z$/),
    cat: 'topics',
    k: topic,
    v: JSON.stringify(subscribers),
    version,
  });

  describe("in dtm's forms", () => {
    test('are subscribed, left and deleted', async () => {
      expect(await dtm(`subscribe?${query({ topic: 'order.paid', url: URL, remark: 'points' })}`)).toMatchObject(
        SUCCESS,
      );
      expect(await stored()).toEqual({ kv: [asStored('order.paid', 1, { url: URL, remark: 'points' })] });
      expect(await dtm(`unsubscribe?${query({ topic: 'order.paid', url: URL })}`)).toMatchObject(SUCCESS);
      expect(await stored()).toEqual({ kv: [asStored('order.paid', 2)] });
      expect(await dtm('topic/order.paid', 'DELETE')).toMatchObject(SUCCESS);
      expect(await stored()).toEqual({ kv: [] });
    });

    test.each([
      ['subscribe', {}, 'empty topic'],
      ['subscribe', { topic: 't' }, 'empty url'],
      ['subscribe', { topic: '', url: '' }, 'empty topic'],
      ['unsubscribe', { url: URL }, 'empty topic'],
      ['unsubscribe', { topic: 't' }, 'empty url'],
      ['unsubscribe', { topic: 't', url: URL }, 'no such a topic'],
    ])('answer %s %j with 500 and dtm’s text', async (path, fields, message) => {
      const reply = await dtm(`${path}?${query(fields)}`);
      expect(reply).toMatchObject({ status: 500, contentType: JSON_TYPE });
      expect(json(reply)).toEqual({ message });
      expect(await stored()).toEqual({ kv: [] });
    });

    test('tell a second subscription, an unknown subscriber and an empty topic apart', async () => {
      const subscription = query({ topic: 't', url: URL });
      await dtm(`subscribe?${subscription}`);
      expect(json(await dtm(`subscribe?${subscription}`))).toEqual({ message: 'this url exists' });
      const other = await dtm(`unsubscribe?${query({ topic: 't', url: 'http://other/' })}`);
      expect(json(other)).toEqual({ message: 'no such an url ' });
      await dtm(`unsubscribe?${subscription}`);
      expect(json(await dtm(`unsubscribe?${subscription}`))).toEqual({ message: 'this topic is empty' });
      const unknown = await dtm('topic/unknown', 'DELETE');
      expect(unknown.status).toBe(500);
      expect(json(unknown)).toEqual({ message: 'storage: NotFound' });
    });

    test('take a parameter once', async () => {
      const reply = await dtm('subscribe?topic=a&topic=b&url=http%3A%2F%2Fa');
      expect(reply.status).toBe(500);
      expect(json(reply)).toEqual({ message: 'topic must be a string' });
    });

    test('have names of any characters, as long as their column', async () => {
      const topic = '訂單/已付 款?'.padEnd(128, '款');
      expect(await dtm(`subscribe?${query({ topic, url: URL })}`)).toMatchObject(SUCCESS);
      expect(await stored()).toMatchObject({ kv: [{ k: topic }] });
      expect(await dtm(`topic/${encodeURIComponent(topic)}`, 'DELETE')).toMatchObject(SUCCESS);
    });
  });

  describe('in our own', () => {
    test('are subscribed, left and deleted', async () => {
      expect(await v2('subscribe', { topic: 'order.paid', url: URL, remark: 'points' })).toMatchObject(SUCCESS);
      expect(await stored()).toEqual({ kv: [asStored('order.paid', 1, { url: URL, remark: 'points' })] });
      expect(await v2('unsubscribe', { topic: 'order.paid', url: URL })).toMatchObject(SUCCESS);
      expect(await stored()).toEqual({ kv: [asStored('order.paid', 2)] });
      expect(await send('DELETE', `${coordinator.url}/api/v2/topic/order.paid`)).toMatchObject(SUCCESS);
      expect(await stored()).toEqual({ kv: [] });
    });

    const invalid = (field: string, message: string) => ({ code: 'DTX_INVALID_REQUEST', field, message });
    test.each([
      ['nothing', {}, 400, invalid('topic', 'empty topic')],
      ['no url', { topic: 't' }, 400, invalid('url', 'empty url')],
      ['a topic that is no string', { topic: 1, url: URL }, 400, invalid('topic', 'topic must be a string')],
      ['a body that is no object', [], 400, invalid('body', 'body must be a JSON object')],
      [
        'a subscriber that is there',
        { topic: 'there', url: URL },
        409,
        { code: 'DTX_CONFLICT', field: 'url', message: 'this url exists' },
      ],
    ])('answer %s with a status, the code and the field, and change nothing', async (_what, body, status, answer) => {
      await v2('subscribe', { topic: 'there', url: URL });
      const reply = await v2('subscribe', body);
      expect(reply).toMatchObject({ status, contentType: JSON_TYPE });
      expect(json(reply)).toEqual(answer);
      expect(await stored()).toEqual({ kv: [asStored('there', 1, { url: URL, remark: '' })] });
    });

    test('tell what there is not by 404, with doubled slashes as well', async () => {
      const reply = await send('DELETE', `${coordinator.url}//api/v2//topic/unknown/`);
      expect(reply.status).toBe(404);
      expect(json(reply)).toEqual({ code: 'DTX_NOT_FOUND', field: 'topic', message: 'storage: NotFound' });
      expect(await v2('unsubscribe', { topic: 'unknown', url: URL })).toMatchObject({ status: 404 });
    });

    test('change nothing by GET', async () => {
      const reply = await send('GET', `${coordinator.url}/api/v2/subscribe?${query({ topic: 't', url: URL })}`);
      expect(reply).toMatchObject({ status: 404, text: '404 page not found' });
    });
  });

  describe('as rows of the kv table', () => {
    test('are shown page by page, or one by its key', async () => {
      for (const topic of ['b', 'c', 'a']) await v2('subscribe', { topic, url: URL });
      const keys: string[] = [];
      let position = '';
      do {
        const page = json(await dtm(`scanKV?cat=topics&limit=2&position=${position}`)) as {
          kv: { k: string }[];
          next_position: string;
        };
        keys.push(...page.kv.map(({ k }) => k));
        position = page.next_position;
      } while (position !== '');
      expect(keys).toEqual(['a', 'b', 'c']);
      expect(await stored()).toMatchObject({ kv: [{ k: 'b' }, { k: 'c' }, { k: 'a' }] });
      expect(json(await dtm('queryKV?cat=topics&key=c'))).toEqual({
        kv: [asStored('c', 1, { url: URL, remark: '' })],
      });
      expect(json(await dtm('queryKV?cat=topics&key=unknown'))).toEqual({ kv: [] });
      expect(json(await dtm('scanKV?cat=unknown'))).toEqual({ kv: [], next_position: '' });
    });

    test.each([
      ['scanKV', 'cat must not be empty'],
      ['queryKV?key=a', 'cat must not be empty'],
      ['scanKV?cat=topics&limit=0', 'limit must not be less than 1'],
      ['scanKV?cat=topics&limit=x', 'limit must be an integer number'],
      ['scanKV?cat=topics&limit=1001', 'limit must not be greater than 1000'],
    ])('answer %s with what is wrong', async (path, message) => {
      const reply = await dtm(path);
      expect(reply.status).toBe(500);
      expect(json(reply)).toEqual({ message });
    });
  });

  test('have logged nothing of what was refused', async () => {
    await dtm('subscribe');
    await v2('subscribe', {});
    expect(log.of('error')).toEqual([]);
  });
});
