import { get, send, type Reply } from '../support/http';
import { Cleanup } from '../support/cleanup';
import { BAD_ANNOUNCEMENTS, BAD_REQUESTS } from './bad-input';
import { Flow } from './flow';

const MEGABYTE = 1024 * 1024;

/** The words by which every SDK knows a business result (spec 2.1). */
const RESULT_WORDS = /FAILURE|ONGOING/;

describe('a request that makes no sense', () => {
  const cleanup = new Cleanup();
  let flow: Flow;

  beforeAll(async () => {
    flow = await Flow.start(cleanup);
  });

  afterAll(() => cleanup.run());

  describe.each(['prepare', 'submit'])('to %s', (command) => {
    test.each(BAD_REQUESTS)('is refused by naming what is wrong: $name', async ({ body, field }) => {
      expect(protocolError(await flow.api.postText(command, body))).toEqual(refusal(field));
    });

    test('is refused with 413 when it is larger than the limit', async () => {
      const reply = await flow.api.postText(
        command,
        JSON.stringify({ gid: 'big', filler: 'FAILURE '.repeat(MEGABYTE) }),
      );
      expect(reply).toMatchObject({ status: 413, json: { message: expect.stringContaining('body') } });
      expect(reply.text).not.toMatch(RESULT_WORDS);
    });
  });

  describe.each(['abort', 'forceStop', 'resetNextCronTime'])('to %s', (command) => {
    test.each([
      ['malformed JSON', '{"gid": FAILURE', 'body'],
      ['no object', '["FAILURE"]', 'body'],
      ['no gid', '{}', 'gid'],
      ['an empty body', '', 'gid'],
      ['a gid that is no string', '{"gid": {"ONGOING": 1}}', 'gid'],
      ['a gid with a control character', JSON.stringify({ gid: 'FAILURE\u0007' }), 'gid'],
      ['a gid of 10,000 characters', JSON.stringify({ gid: 'x'.repeat(10_000) }), 'gid'],
    ])('is refused by naming what is wrong: %s', async (_name, body, field) => {
      expect(protocolError(await flow.api.postText(command, body))).toEqual(refusal(field));
    });
  });

  test.each([
    ['all?limit=0', 'limit'],
    ['all?limit=-1', 'limit'],
    ['all?limit=FAILURE', 'limit'],
    ['all?limit=1&limit=2', 'limit'],
    ['all?position=ONGOING', 'position'],
    ['all?status=FAILURE', 'status'],
    ['all?transType=ONGOING', 'transType'],
    ['all?createTimeStart=yesterday', 'createTimeStart'],
    ['resetCronTime?timeout=FAILURE', 'timeout'],
    ['resetCronTime?limit=1.5', 'limit'],
  ])('GET %s is refused by naming what is wrong', async (path, field) => {
    expect(protocolError(await flow.api.get(path))).toEqual(refusal(field));
  });

  test('is told that a limit has to be a number, without the value, which may hold any word', async () => {
    expect((await flow.api.get('all?limit=FAILURE')).json).toEqual({
      message: expect.stringMatching(/integer|number/),
    });
  });

  test.each([
    ['GET', `/api/dtmsvr/query?gid=${'x'.repeat(10_000)}`],
    ['GET', '/api/dtmsvr/query?gid=%00%0a'],
    ['GET', '/api/dtmsvr/query?gid=a&gid=b'],
    ['GET', '/%zz'],
    ['GET', '/api/dtmsvr/query?gid=%E0%A4%A'],
  ])('%s %p is answered like any other', async (method, path) => {
    const reply = await send(method, flow.api.url + path);
    expect([200, 400, 404, 431, 500]).toContain(reply.status);
    expect(reply.text).not.toMatch(RESULT_WORDS);
  });

  describe('to /api/v2/services', () => {
    test.each(BAD_ANNOUNCEMENTS)('is refused with 400, a code and the field: $name', async ({ body, field }) => {
      const reply = await send('POST', `${flow.api.url}/api/v2/services`, { body });
      expect(reply).toMatchObject({ status: 400, json: { code: 'DTX_INVALID_REQUEST', field } });
      expect(reply.json).toMatchObject({ message: expect.stringContaining(field) });
    });

    test('is refused with 413 and a code when it is larger than the limit', async () => {
      const reply = await send('POST', `${flow.api.url}/api/v2/services`, { body: ' '.repeat(10 * MEGABYTE) });
      expect(reply).toMatchObject({ status: 413, json: { code: 'DTX_BODY_TOO_LARGE' } });
    });

    test('leaves nothing behind', async () => {
      expect((await get(`${flow.api.url}/api/v2/services`)).json).toEqual({ services: [] });
    });
  });

  test('leaves nothing behind and a server that works', async () => {
    expect((await flow.api.all({ limit: 10 })).transactions ?? []).toEqual([]);
    const saga = flow.saga('after-bad-input');
    expect((await saga.submit({ wait_result: true })).status).toBe(200);
    expect(flow.coordinator.alive).toBe(true);
  });
});

/** Spec 2.1: 500 with nothing but a message, which names the field and repeats nothing. */
const refusal = (field: string) => ({
  status: 500,
  contentType: 'application/json; charset=utf-8',
  body: { message: expect.stringContaining(field) },
  resultWords: false,
});

function protocolError({ status, headers, text, json }: Reply) {
  return { status, contentType: headers['content-type'], body: json, resultWords: RESULT_WORDS.test(text) };
}
