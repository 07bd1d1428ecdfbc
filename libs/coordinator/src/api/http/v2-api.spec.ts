import { CapturedLog } from '../../captured-log.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { MemoryStore } from '../../stores/memory/memory-store';
import { StoreProbe } from '../../stores/store-probe.spec-helper';
import { VERSION } from '../../version';
import { send, type Reply } from './http.spec-helper';

const ANNOUNCEMENT = {
  service: 'bank',
  instance: 'one',
  url: 'http://127.0.0.1:1',
  handlers: { withdraw: { action: '/withdraw', compensate: null } },
  ttl: 30,
};

describe('the API of our own', () => {
  let coordinator: RunningCoordinator;
  let store: StoreProbe;
  let log: CapturedLog;

  beforeAll(async () => {
    log = CapturedLog.start();
    store = new StoreProbe(new MemoryStore());
    coordinator = await startCoordinator({
      http: { host: '127.0.0.1', port: 0 },
      store: { driver: 'custom', store },
      settings: { transCronInterval: 3600, configUpdateInterval: 3600 },
    });
  });

  afterAll(async () => {
    await coordinator.close();
    log.restore();
  });

  afterEach(() => {
    store.before = () => {};
  });

  const api = (path: string): string => `${coordinator.url}/api/v2/${path}`;
  const announce = (body: unknown): Promise<Reply> => send('POST', api('services'), JSON.stringify(body));
  const listed = async (): Promise<unknown> => JSON.parse((await send('GET', api('services'))).text);

  test('registers a service, shows it, and withdraws it', async () => {
    expect(await announce(ANNOUNCEMENT)).toMatchObject({ status: 200, text: '{"dtm_result":"SUCCESS"}' });
    expect(await announce(ANNOUNCEMENT)).toMatchObject({ status: 200 });
    expect(await listed()).toEqual({ services: [{ ...ANNOUNCEMENT, live: true }] });
    expect(await send('DELETE', api('services/bank/one'))).toMatchObject({ status: 200 });
    expect(await listed()).toEqual({ services: [] });
    const gone = await send('DELETE', api('services/bank/one'));
    expect(gone.status).toBe(404);
    expect(JSON.parse(gone.text)).toEqual({
      code: 'DTX_NOT_FOUND',
      message: 'there is no such instance of this service',
    });
  });

  test('lists transactions with the filters of /all, and names a wrong one', async () => {
    const key = 'order 7/ä';
    for (const [gid, business_key] of [
      ['listed-1', key],
      ['listed-2', ''],
    ]) {
      const body = JSON.stringify({ gid, trans_type: 'saga', steps: [], payloads: [], business_key });
      expect(await send('POST', `${coordinator.url}/api/dtmsvr/prepare`, body)).toMatchObject({ status: 200 });
    }
    for (const base of [api('transactions'), `${coordinator.url}/api/dtmsvr/all`]) {
      const { text } = await send('GET', `${base}?businessKey=${encodeURIComponent(key)}`);
      expect(JSON.parse(text)).toEqual({
        transactions: [expect.objectContaining({ gid: 'listed-1', business_key: key })],
        next_position: '',
      });
    }
    const { transaction } = JSON.parse((await send('GET', `${coordinator.url}/api/dtmsvr/query?gid=listed-2`)).text);
    expect(transaction).not.toHaveProperty('business_key');
    const wrong = await send('GET', api(`transactions?businessKey=${'x'.repeat(129)}`));
    expect(wrong.status).toBe(400);
    expect(JSON.parse(wrong.text)).toMatchObject({ code: 'DTX_INVALID_REQUEST', field: 'businessKey' });
  });

  test.each([['http://bank_a:3000'], ['http://[::1]:3000'], ['https://bank.example.org/prefix'], ['http://localhost']])(
    'takes the address %s',
    async (url) => {
      expect(await announce({ ...ANNOUNCEMENT, url })).toMatchObject({ status: 200 });
      await send('DELETE', api('services/bank/one'));
    },
  );

  test.each([
    ['a body that is no JSON', '{', 'body'],
    ['a body that is no object', [], 'body'],
    ['an empty body', {}, 'service'],
    ['a service name with a slash', { ...ANNOUNCEMENT, service: 'a/b' }, 'service'],
    ['a service that is no string', { ...ANNOUNCEMENT, service: 1 }, 'service'],
    ['a name longer than 64 characters', { ...ANNOUNCEMENT, instance: 'x'.repeat(65) }, 'instance'],
    ['no instance', { ...ANNOUNCEMENT, instance: undefined }, 'instance'],
    ['a url without a scheme', { ...ANNOUNCEMENT, url: 'bank:80' }, 'url'],
    ['a url of another scheme', { ...ANNOUNCEMENT, url: 'ftp://bank' }, 'url'],
    ['a url with a query', { ...ANNOUNCEMENT, url: 'http://bank/x?a=1' }, 'url'],
    ['a url with a fragment', { ...ANNOUNCEMENT, url: 'http://bank/x#a' }, 'url'],
    ['a url with credentials', { ...ANNOUNCEMENT, url: 'http://a:b@bank' }, 'url'],
    ['a url with a slash at its end', { ...ANNOUNCEMENT, url: 'http://bank/' }, 'url'],
    ['no handlers', { ...ANNOUNCEMENT, handlers: undefined }, 'handlers'],
    ['handlers that are an array', { ...ANNOUNCEMENT, handlers: [] }, 'handlers'],
    ['a handler name that no step can have', { ...ANNOUNCEMENT, handlers: { 'a/b': {} } }, 'handlers'],
    ['a path that is no string', { ...ANNOUNCEMENT, handlers: { a: { action: 1 } } }, 'handlers'],
    ['a path without a slash', { ...ANNOUNCEMENT, handlers: { a: { action: 'x' } } }, 'handlers'],
    ['a ttl that is no number', { ...ANNOUNCEMENT, ttl: '30' }, 'ttl'],
    ['a ttl of zero', { ...ANNOUNCEMENT, ttl: 0 }, 'ttl'],
    ['a ttl of a day', { ...ANNOUNCEMENT, ttl: 86_400 }, 'ttl'],
  ])('answers %s with 400, the code and the field, and keeps nothing', async (_name, body, field) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const reply = await send('POST', api('services'), text);
    expect(reply).toMatchObject({ status: 400, contentType: 'application/json; charset=utf-8' });
    const answer = JSON.parse(reply.text) as Record<string, string>;
    expect(answer).toEqual({ code: 'DTX_INVALID_REQUEST', field, message: expect.stringMatching(`^${field} `) });
    expect(await listed()).toEqual({ services: [] });
  });

  test('takes a handler that is named like something every object has', async () => {
    const handlers = { constructor: { action: '/x', toString: '/y' }, toString: { action: null } };
    expect(await announce({ ...ANNOUNCEMENT, handlers })).toMatchObject({ status: 200 });
    expect(await listed()).toEqual({ services: [{ ...ANNOUNCEMENT, handlers, live: true }] });
    await send('DELETE', api('services/bank/one'));
  });

  test('is alive as long as the process is, and ready as long as the store answers', async () => {
    expect(await send('GET', api('health/live'))).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    const ready = await send('GET', api('health/ready'));
    expect(ready).toMatchObject({ status: 200 });
    expect(JSON.parse(ready.text)).toEqual({ status: 'ok', store: 'ok', shuttingDown: false });
    store.before = () => {
      throw new Error('gone');
    };
    const unready = await send('GET', api('health/ready'));
    expect(unready.status).toBe(503);
    expect(JSON.parse(unready.text)).toEqual({ status: 'unavailable', store: 'unavailable', shuttingDown: false });
    expect(await send('GET', api('health/live'))).toMatchObject({ status: 200 });
  });

  test('tells its version and a new gid', async () => {
    expect(JSON.parse((await send('GET', api('version'))).text)).toEqual({ version: `v${VERSION}` });
    expect(JSON.parse((await send('GET', api('newGid'))).text)).toEqual({
      dtm_result: 'SUCCESS',
      gid: expect.stringMatching(/^\S+$/),
    });
  });

  test('makes transactions due by a POST', async () => {
    const reset = (body: unknown): Promise<Reply> => send('POST', api('resetCronTime'), JSON.stringify(body));
    const reply = await reset({ timeout: 1, limit: 10 });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([200, { has_remaining: false, succeed_count: 0 }]);
    expect(await reset({})).toMatchObject({ status: 200 });
    const refused = await reset({ limit: 0 });
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      400,
      { code: 'DTX_INVALID_REQUEST', field: 'limit', message: 'limit must not be less than 1' },
    ]);
    expect(await send('GET', api('resetCronTime'))).toMatchObject({ status: 404 });
  });

  test('answers a path that cannot be read with 400 and a code', async () => {
    const reply = await send('DELETE', api('services/%zz/one'));
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text)).toMatchObject({ code: 'DTX_INVALID_REQUEST', message: expect.any(String) });
  });

  test('answers an unknown page as the other API does', async () => {
    expect(await send('GET', api('nothing'))).toMatchObject({ status: 404, text: '404 page not found' });
    expect(await send('PUT', api('services'), '{}')).toMatchObject({ status: 404, text: '404 page not found' });
  });

  test('tells no inside of an error that nobody expected, and logs it with its stack', async () => {
    store.before = () => {
      throw new TypeError('cannot read secret of undefined');
    };
    const reply = await announce(ANNOUNCEMENT);
    expect(reply.status).toBe(500);
    expect(JSON.parse(reply.text)).toEqual({
      code: 'DTX_INTERNAL',
      message: 'internal error: the log of the coordinator says more',
    });
    const errors = log.of('error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^error POST \/api\/v2\/services: TypeError: cannot read secret[^]*at /);
  });
});
