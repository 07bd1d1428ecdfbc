import { ANSWERS, ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { sagaBody } from '../../coordinator-rig.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { MemoryStore } from '../../stores/memory/memory-store';
import { StoreProbe } from '../../stores/store-probe.spec-helper';
import { send, type Reply } from '../http/http.spec-helper';

describe('the JSON-RPC API', () => {
  let coordinator: RunningCoordinator;
  let service: ScriptedService;
  let store: StoreProbe;
  let log: CapturedLog;
  let count = 0;

  beforeAll(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    store = new StoreProbe(new MemoryStore());
    coordinator = await startCoordinator({
      http: { host: '127.0.0.1', port: 0 },
      store: { driver: 'custom', store },
      settings: { transCronInterval: 3600, configUpdateInterval: 3600 },
    });
  });

  afterAll(async () => {
    await Promise.all([coordinator.close(), service.stop()]);
    log.restore();
  });

  beforeEach(() => {
    service.script = () => ANSWERS.success;
    store.before = () => {};
  });

  const post = (body: string): Promise<Reply> => send('POST', `${coordinator.url}/api/json-rpc`, body);
  const newGid = (): string => `g-${(count += 1)}`;

  /** @returns the whole response, whose status is 200 */
  async function call(method: string, params?: unknown): Promise<unknown> {
    const reply = await post(JSON.stringify({ params, method, id: 'a1', jsonrpc: '2.0' }));
    expect(reply).toMatchObject({ status: 200, contentType: 'application/json; charset=utf-8' });
    return JSON.parse(reply.text);
  }

  const done = { error: null, id: 'a1', jsonrpc: '2.0', result: null };
  const refused = (code: number, message: unknown) => ({
    error: { code, message },
    id: 'a1',
    jsonrpc: '2.0',
    result: {},
  });

  const queried = async (gid: string): Promise<unknown> =>
    JSON.parse((await send('GET', `${coordinator.url}/api/dtmsvr/query?gid=${encodeURIComponent(gid)}`)).text);

  test.each([undefined, null, '', [], { a: 1 }, 7])('gives a new gid, whatever the parameters: %j', async (params) => {
    expect(await call('newGid', params)).toEqual({ ...done, result: { gid: expect.stringMatching(/^\S+$/) } });
  });

  test('answers with all four keys', async () => {
    const { text } = await post('{"jsonrpc":"2.0","method":"newGid","id":"x"}');
    expect(text).toMatch(/^{"error":null,"id":"x","jsonrpc":"2.0","result":{"gid":"[^"]+"}}$/);
  });

  test('carries out a transaction of two phases', async () => {
    const gid = newGid();
    expect(await call('prepare', { gid, trans_type: 'tcc' })).toEqual(done);
    const branch = { gid, trans_type: 'tcc', branch_id: '01', data: '{}', cancel: `${service.url}/cancel` };
    const registration = { ...branch, confirm: `${service.url}/confirm`, subType: null };
    expect(await call('registerBranch', registration)).toEqual(done);
    expect(await call('submit', { gid, trans_type: 'tcc', wait_result: true })).toEqual(done);
    expect(service.notation).toEqual(['confirm[01 confirm]']);
    expect(await queried(gid)).toMatchObject({ transaction: { status: 'succeed' } });
  });

  test('aborts one', async () => {
    const gid = newGid();
    await call('prepare', { gid, trans_type: 'tcc' });
    expect(await call('abort', { gid, trans_type: 'tcc', rollback_reason: 'no stock' })).toEqual(done);
    expect(await queried(gid)).toMatchObject({ transaction: { rollback_reason: 'no stock' } });
  });

  describe('tells by its code', () => {
    test('a refusal of what has ended', async () => {
      const body = sagaBody(service, newGid(), { wait_result: true });
      expect(await call('submit', body)).toEqual(done);
      expect(await call('submit', body)).toEqual(refused(-32901, "current status 'succeed', cannot sumbmit. FAILURE"));
    });

    test('a saga that was rolled back while its client waited', async () => {
      service.script = ({ path }) => (path === '/in' ? ANSWERS.failure : ANSWERS.success);
      const answer = await call('submit', sagaBody(service, newGid(), { wait_result: true }));
      expect(answer).toEqual(refused(-32901, expect.stringMatching(/insufficient funds.* FAILURE$/)));
    });

    test('a saga that is not finished while its client waits', async () => {
      service.script = () => ANSWERS.ongoing;
      const answer = await call('submit', sagaBody(service, newGid(), { wait_result: true }));
      expect(answer).toEqual(refused(-32901, 'wait result not return success: FAILURE'));
    });

    test.each([
      ['is not finished', ANSWERS.ongoing, 'ONGOING'],
      ['fails', ANSWERS.error, expect.stringContaining('unkown result will be retried: ')],
    ])('a confirmation that %s while its client waits', async (_what, reply, message) => {
      const gid = newGid();
      await call('prepare', { gid, trans_type: 'tcc' });
      const confirm = `${service.url}/confirm`;
      await call('registerBranch', { gid, trans_type: 'tcc', branch_id: '01', confirm, cancel: '' });
      service.script = () => reply;
      const answer = await call('submit', { gid, trans_type: 'tcc', wait_result: true });
      expect(answer).toEqual(refused(-32603, message));
    });

    test('a branch of a transaction that is not prepared', async () => {
      const branch = { gid: newGid(), trans_type: 'tcc', branch_id: '01', confirm: '', cancel: '' };
      const message = `no trans with gid: ${branch.gid} status: prepared found FAILURE`;
      expect(await call('registerBranch', branch)).toEqual(refused(-32901, message));
    });

    test.each([
      ['submit', {}, 'gid must not be empty'],
      ['submit', undefined, 'gid must not be empty'],
      ['submit', 'x', 'params must be a JSON object'],
      ['prepare', [], 'params must be a JSON object'],
      ['submit', { gid: 'x' }, expect.stringMatching(/^trans_type /)],
      ['submit', { gid: 7 }, 'gid must be a string'],
      ['abort', { gid: 'unknown', trans_type: 'tcc' }, 'no TransGlobal with gid: unknown found'],
      [
        'registerBranch',
        { gid: 'x', branch_id: '01', trans_type: 'y' },
        expect.stringMatching(/^.*unknow trans type: /),
      ],
      ['registerBranch', { gid: 'x', branch_id: 1 }, 'params must be an object with string values'],
      ['registerBranch', null, expect.stringMatching(/^gid /)],
    ])('anything else: %s of %j', async (method, params, message) => {
      expect(await call(method, params)).toEqual(refused(-32603, message));
    });

    test('a store that does not answer, which is no refusal', async () => {
      store.before = () => {
        throw new TypeError('cannot read secret of undefined');
      };
      const gid = newGid();
      const message = 'internal error: the log of the coordinator says more';
      expect(await call('prepare', { gid, trans_type: 'tcc' })).toEqual(refused(-32603, message));
      expect(log.of('error')).toEqual([
        expect.stringMatching(/^error POST \/api\/json-rpc prepare: TypeError: cannot read secret[^]*at /),
      ]);
    });

    test.each(['', 'unknown', 'query', 'constructor', 'NewGid'])('an unknown method: %j', async (method) => {
      const error = { code: -32601, message: `Method not found: ${method}` };
      expect(await call(method)).toEqual({ ...done, error });
    });

    test('an unknown method without repeating all of a long name', async () => {
      const error = { code: -32601, message: `Method not found: ${'x'.repeat(100)}` };
      expect(await call('x'.repeat(5000))).toEqual({ ...done, error });
    });

    test.each([
      ['{"jsonrpc":"2.0","method":"newGid"}', '', 'Bad json request: id must not be empty'],
      ['{"jsonrpc":"2.0","id":"","method":"newGid"}', '', 'Bad json request: id must not be empty'],
      ['{"jsonrpc":"2.0","id":null,"method":"newGid"}', '', 'Bad json request: id must not be empty'],
      ['{"jsonrpc":"1.0","id":"a1","method":"newGid"}', 'a1', 'Bad json request: jsonrpc must be 2.0'],
      ['{"id":"a1","method":"newGid"}', 'a1', 'Bad json request: jsonrpc must be 2.0'],
    ])('a request that is none: %s', async (body, id, message) => {
      const reply = await post(body);
      expect([reply.status, JSON.parse(reply.text)]).toEqual([
        200,
        { error: { code: -32600, message }, id, jsonrpc: '2.0', result: null },
      ]);
    });

    test.each([
      ['', 'the body is no JSON object'],
      ['{', 'the body is no JSON object'],
      ['FAILURE', 'the body is no JSON object'],
      ['null', 'the body is no JSON object'],
      ['"text"', 'the body is no JSON object'],
      ['[{"jsonrpc":"2.0","id":"a1","method":"newGid"}]', 'the body is no JSON object'],
      ['{"jsonrpc":"2.0","id":1,"method":"newGid"}', 'id must be a string'],
      ['{"jsonrpc":2,"id":"a1","method":"newGid"}', 'jsonrpc must be a string'],
      ['{"jsonrpc":"2.0","id":"a1","method":{}}', 'method must be a string'],
    ])('what cannot be read, by status 400 and as plain text: %s', async (body, problem) => {
      const reply = await post(body);
      expect(reply).toMatchObject({ status: 400, contentType: 'text/plain; charset=utf-8' });
      const error = { code: -32700, message: `Parse json error: ${problem}` };
      expect(JSON.parse(reply.text)).toEqual({ error, id: '', jsonrpc: '2.0', result: null });
    });
  });

  test('is reached by POST alone', async () => {
    const url = `${coordinator.url}/api/json-rpc`;
    expect(await send('GET', url)).toMatchObject({ status: 404, text: '404 page not found' });
    expect(await send('POST', `${url}/`, '{}')).toMatchObject({ status: 200 });
  });
});
