import { ANSWERS, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { sagaBody } from '../../coordinator-rig.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { VERSION } from '../../version';
import { send, type Reply } from './http.spec-helper';

const JSON_TYPE = 'application/json; charset=utf-8';
const SUCCESS = { status: 200, contentType: JSON_TYPE, text: '{"dtm_result":"SUCCESS"}' };

describe('the API of the dtm protocol', () => {
  let coordinator: RunningCoordinator;
  let service: ScriptedService;
  let log: CapturedLog;
  let count = 0;

  beforeAll(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    coordinator = await startCoordinator({
      http: { host: '127.0.0.1', port: 0 },
      store: { driver: 'memory' },
      settings: { limits: { bodyBytes: 10_000, payloadBytes: 1000, steps: 5, headers: 2, customDataLength: 100 } },
    });
  });

  afterAll(async () => {
    await Promise.all([coordinator.close(), service.stop()]);
    log.restore();
  });

  beforeEach(() => {
    service.script = () => ANSWERS.success;
  });

  const api = (path: string): string => `${coordinator.url}/api/dtmsvr/${path}`;
  const get = (path: string): Promise<Reply> => send('GET', api(path));
  const post = (path: string, body: unknown): Promise<Reply> => send('POST', api(path), JSON.stringify(body));
  const newGid = (): string => `g-${(count += 1)}`;
  const json = ({ text }: Reply): unknown => JSON.parse(text);

  /** A saga that waits for its next visit. */
  async function parked(): Promise<string> {
    const gid = newGid();
    service.script = () => ANSWERS.ongoing;
    await post('submit', sagaBody(service, gid, { wait_result: true }));
    service.script = () => ANSWERS.success;
    return gid;
  }

  describe('answers a command that is carried out with SUCCESS and nothing else:', () => {
    test('prepare, submit, and the same again', async () => {
      const body = sagaBody(service, newGid());
      expect(await post('prepare', body)).toMatchObject(SUCCESS);
      expect(await post('submit', body)).toMatchObject(SUCCESS);
      expect(await post('submit', { ...body, wait_result: true })).toMatchObject(SUCCESS);
    });

    test('forceStop', async () => {
      const gid = await parked();
      expect(await post('forceStop', { gid })).toMatchObject(SUCCESS);
      expect(json(await get(`query?gid=${gid}`))).toMatchObject({ transaction: { status: 'failed' } });
    });

    test('resetNextCronTime, which is followed by a visit', async () => {
      const gid = await parked();
      expect(await post('resetNextCronTime', { gid })).toMatchObject(SUCCESS);
      await until(async () => (await get(`query?gid=${gid}`)).text.includes('"status":"succeed"'));
    });
  });

  test('takes bodies whatever their content type says, and empty ones', async () => {
    const body = JSON.stringify(sagaBody(service, newGid()));
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'x/y; charset=utf-8']) {
      expect(await send('POST', api('prepare'), body, { 'content-type': type })).toMatchObject(SUCCESS);
    }
    expect(await send('POST', api('prepare'), body)).toMatchObject(SUCCESS);
    expect(await send('POST', api('prepare'))).toMatchObject({
      status: 500,
      text: '{"message":"gid must not be empty"}',
    });
  });

  test('takes slashes that are doubled or too many', async () => {
    expect(await get('newGid/')).toMatchObject({ status: 200 });
    expect(await send('GET', `${coordinator.url}//api//dtmsvr//newGid`)).toMatchObject({ status: 200 });
  });

  describe('answers a refusal with 409 and its text:', () => {
    test('submit, prepare and forceStop of what has ended, abort of a saga', async () => {
      const gid = newGid();
      const body = sagaBody(service, gid, { wait_result: true });
      await post('submit', body);
      const refusals = [
        ['submit', "current status 'succeed', cannot sumbmit. FAILURE"],
        ['prepare', "current status 'succeed', cannot prepare. FAILURE"],
        ['abort', "trans type: 'saga' current status 'succeed', cannot abort. FAILURE"],
        ['forceStop', 'global transaction force stop error. status: succeed. error: FAILURE'],
      ] as const;
      for (const [command, message] of refusals) {
        expect(await post(command, body)).toMatchObject({
          status: 409,
          contentType: JSON_TYPE,
          text: JSON.stringify({ dtm_result: 'FAILURE', message }),
        });
      }
    });

    test('a saga that was rolled back while its client waited', async () => {
      service.script = ({ path }) => (path === '/in' ? ANSWERS.failure : ANSWERS.success);
      const reply = await post('submit', sagaBody(service, newGid(), { wait_result: true }));
      expect(reply.status).toBe(409);
      expect(json(reply)).toEqual({
        dtm_result: 'FAILURE',
        message: `url:${service.url}/in return failed: ${ANSWERS.failure.body} FAILURE`,
      });
    });

    test('a saga that is not finished while its client waits', async () => {
      service.script = () => ANSWERS.ongoing;
      expect(await post('submit', sagaBody(service, newGid(), { wait_result: true }))).toMatchObject({
        status: 409,
        text: '{"dtm_result":"FAILURE","message":"wait result not return success: FAILURE"}',
      });
    });
  });

  test.each(['abort', 'forceStop', 'resetNextCronTime'])('answers %s of an unknown gid with 500', async (command) => {
    expect(await post(command, { gid: 'unknown' })).toMatchObject({
      status: 500,
      contentType: JSON_TYPE,
      text: '{"message":"no TransGlobal with gid: unknown found"}',
    });
  });

  const good = { gid: 'bad', trans_type: 'saga', steps: [{ action: 'http://127.0.0.1:1/FAILURE' }], payloads: ['{}'] };

  test.each([
    ['malformed JSON', '{"gid": "FAILURE"', 'body is not valid JSON'],
    ['an array', '["ONGOING"]', 'body must be a JSON object'],
    ['no gid', { ...good, gid: undefined }, 'gid must not be empty'],
    ['a gid of another type', { ...good, gid: ['FAILURE'] }, 'gid must be a string'],
    [
      'an unknown trans_type',
      { ...good, trans_type: 'FAILURE' },
      'trans_type must be one of saga, tcc, xa, msg, workflow',
    ],
    ['fewer payloads than steps', { ...good, payloads: [] }, 'payloads must hold one entry per step, 1 in all'],
    ['an action that is no URL', { ...good, steps: [{ action: 'ONGOING' }] }, 'steps[0].action must be an absolute'],
    ['too many steps', { ...good, steps: Array(6).fill(good.steps[0]) }, 'steps must not hold more than 5 entries'],
    [
      'too large a payload',
      { ...good, payloads: ['FAILURE '.repeat(200)] },
      'payloads[0] must not be larger than 1000',
    ],
    ['keys of every object', '{"__proto__": {"gid": "FAILURE"}, "constructor": 1}', 'gid must not be empty'],
  ])('answers %s with 500 and the field, and repeats nothing of it', async (_name, body, message) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const reply = await send('POST', api('submit'), text);
    expect(reply).toMatchObject({ status: 500, contentType: JSON_TYPE });
    expect(json(reply)).toEqual({ message: expect.stringContaining(message) });
    expect(reply.text).not.toMatch(/FAILURE|ONGOING/);
    expect(json(await get('query?gid=bad'))).toEqual({ transaction: null, branches: [] });
  });

  test('answers a body above the limit with 413', async () => {
    const reply = await send('POST', api('submit'), JSON.stringify({ ...good, filler: 'FAILURE '.repeat(2000) }));
    expect(reply).toMatchObject({ status: 413, contentType: JSON_TYPE });
    expect(json(reply)).toEqual({
      code: 'DTX_BODY_TOO_LARGE',
      message: 'body is larger than this coordinator accepts',
    });
  });

  test.each([
    ['all?limit=0', 'limit'],
    ['all?limit=1001', 'limit'],
    ['all?limit=x', 'limit'],
    ['all?position=-1', 'position'],
    ['all?status=FAILURE', 'status'],
    ['all?transType=ONGOING', 'transType'],
    ['all?createTimeStart=1e300', 'createTimeStart'],
    ['all?createTimeEnd=-1', 'createTimeEnd'],
    ['resetCronTime?timeout=1e300', 'timeout'],
    ['resetCronTime?limit=-1', 'limit'],
  ])('answers GET %s with 500 and the parameter', async (path, field) => {
    const reply = await get(path);
    expect(reply).toMatchObject({ status: 500, contentType: JSON_TYPE });
    expect(json(reply)).toEqual({ message: expect.stringMatching(`^${field} `) });
    expect(reply.text).not.toMatch(/FAILURE|ONGOING/);
  });

  test('tells its version, a new gid, and that it lives', async () => {
    expect(await get('version')).toMatchObject({
      status: 200,
      contentType: JSON_TYPE,
      text: `{"version":"v${VERSION}"}`,
    });
    const { dtm_result, gid } = json(await get('newGid')) as Record<string, string>;
    expect([dtm_result, gid]).toEqual(['SUCCESS', expect.stringMatching(/^[2-9A-HJ-NP-Za-km-z]{22}$/)]);
    expect(await send('GET', `${coordinator.url}/api/ping`)).toMatchObject({ status: 200, text: '{"msg":"pong"}' });
  });

  test('shows one transaction with its branches, and an unknown one as null', async () => {
    const gid = newGid();
    await post('submit', sagaBody(service, gid, { wait_result: true, branch_headers: { a: 'b' } }));
    const reply = await get(`query?gid=${gid}`);
    expect(reply).toMatchObject({ status: 200, contentType: JSON_TYPE });
    expect(json(reply)).toEqual({
      transaction: {
        id: expect.any(Number),
        create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        update_time: expect.any(String),
        finish_time: expect.any(String),
        gid,
        trans_type: 'saga',
        status: 'succeed',
        protocol: 'http',
        options: '{"concurrent":false,"wait_result":true,"branch_headers":{"a":"b"}}',
        next_cron_interval: 10,
        concurrent: false,
      },
      branches: expect.arrayContaining([
        expect.objectContaining({
          branch_id: '01',
          op: 'compensate',
          status: 'prepared',
          bin_data: 'eyJhbW91bnQiOjMwfQ==',
        }),
      ]),
    });
    expect(json(await get('query?gid=unknown'))).toEqual({ transaction: null, branches: [] });
    expect(await get('query')).toMatchObject({ status: 500, text: '{"message":"no gid specified"}' });
    expect(await get('query?gid=')).toMatchObject({ status: 500, text: '{"message":"no gid specified"}' });
  });

  test('lists transactions page by page, newest first, and one by its gid', async () => {
    const [first, second] = [await parked(), await parked()];
    const page = json(await get('all?limit=1&status=submitted')) as { transactions: object[]; next_position: string };
    expect(page.transactions).toEqual([expect.objectContaining({ gid: second })]);
    const next = json(await get(`all?limit=1&status=submitted&position=${page.next_position}`));
    expect(next).toMatchObject({ transactions: [{ gid: first }] });
    expect(json(await get(`all?gid=${first}`))).toMatchObject({ transactions: [{ gid: first }], next_position: '' });
    expect(json(await get('all?gid=unknown'))).toEqual({ transactions: null, next_position: '' });
    expect(json(await get('all?createTimeEnd=1000'))).toEqual({ transactions: [], next_position: '' });
  });

  test('counts what it has made due', async () => {
    await parked();
    expect(json(await get('resetCronTime?timeout=3600'))).toEqual({ has_remaining: false, succeed_count: 0 });
    const reset = json(await get('resetCronTime?timeout=1&limit=1')) as Record<string, unknown>;
    expect(reset).toEqual({ has_remaining: expect.any(Boolean), succeed_count: 1 });
  });

  test.each([
    ['GET', 'submit'],
    ['PUT', 'submit'],
    ['POST', 'query'],
    ['GET', 'nothing'],
    ['OPTIONS', 'submit'],
    ['DELETE', ''],
  ])('answers %s /%s as an unknown page', async (method, path) => {
    expect(await send(method, api(path))).toMatchObject({
      status: 404,
      contentType: 'text/plain; charset=utf-8',
      text: '404 page not found',
    });
  });

  test.each(['FAILURE%zz', 'query?gid=%zz', `query?gid=${'x'.repeat(5000)}`])(
    'answers an address such as %s without repeating it',
    async (path) => {
      const reply = await get(path);
      expect([200, 400]).toContain(reply.status);
      expect(reply).toMatchObject({ contentType: JSON_TYPE });
      expect(reply.text).not.toMatch(/FAILURE|%zz/);
    },
  );

  test('takes no parameter for more than it is', async () => {
    expect(await get('all?constructor=FAILURE&__proto__=1&hasOwnProperty=x&limit=1')).toMatchObject({ status: 200 });
    const body = '{"constructor": {"name": 1}, "__proto__": {"gid": "FAILURE"}, "hasOwnProperty": 1}';
    expect(await send('POST', api('forceStop'), body)).toMatchObject({
      status: 500,
      text: '{"message":"gid must not be empty"}',
    });
  });

  test('answers HEAD as GET without the body', async () => {
    expect(await send('HEAD', api('version'))).toMatchObject({ status: 200, contentType: JSON_TYPE, text: '' });
    expect(await send('HEAD', api('submit'))).toMatchObject({ status: 404, text: '' });
  });

  test('has logged nothing of all this: it is no trouble of ours', () => {
    expect([...log.of('error'), ...log.of('warn')]).toEqual([]);
  });
});
