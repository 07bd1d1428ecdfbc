import { newGid } from '@nestjs-dtx/protocol';
import { ScriptedService } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { send, type Reply } from './http.spec-helper';

const SUCCESS = { status: 200, text: '{"dtm_result":"SUCCESS"}' };

describe('branches and progress over HTTP', () => {
  let coordinator: RunningCoordinator;
  let service: ScriptedService;
  let log: CapturedLog;
  let gid: string;

  beforeAll(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    coordinator = await startCoordinator({ http: { host: '127.0.0.1', port: 0 }, store: { driver: 'memory' } });
  });

  afterAll(async () => {
    await Promise.all([coordinator.close(), service.stop()]);
    log.restore();
  });

  beforeEach(() => {
    gid = newGid();
  });

  const api = (path: string): string => `${coordinator.url}/api/dtmsvr/${path}`;
  const raw = (path: string, text: string): Promise<Reply> => send('POST', api(path), text);
  const post = (path: string, body: unknown): Promise<Reply> => raw(path, JSON.stringify(body));
  const registration = (more: object = {}): object => ({
    gid,
    trans_type: 'tcc',
    branch_id: '01',
    data: '{}',
    confirm: `${service.url}/confirm`,
    cancel: `${service.url}/cancel`,
    ...more,
  });
  const rows = async (): Promise<unknown> => {
    const { text } = await send('GET', api(`query?gid=${gid}`));
    return (JSON.parse(text) as { branches: { op: string; status: string }[] }).branches.map(({ op }) => op);
  };

  test.each(['registerBranch', 'registerTccBranch', 'registerXaBranch'])(
    '%s adds the rows of a branch',
    async (path) => {
      await post('prepare', { gid, trans_type: 'tcc' });
      expect(await post(path, registration())).toMatchObject(SUCCESS);
      expect(await rows()).toEqual(['cancel', 'confirm']);
    },
  );

  test('a registration for a transaction that is not prepared is a business refusal', async () => {
    expect(await post('registerBranch', registration())).toMatchObject({
      status: 409,
      text: JSON.stringify({
        dtm_result: 'FAILURE',
        message: `no trans with gid: ${gid} status: prepared found FAILURE`,
      }),
    });
  });

  test.each(['', '{', '[]', '"text"', 'null', '{"gid":1}', '{"gid":"a","data":{}}'])(
    'the body %j is answered 400 as plain text',
    async (text) => {
      const reply = await raw('registerBranch', text);
      expect(reply).toMatchObject({ status: 400, contentType: 'text/plain; charset=utf-8' });
      expect(JSON.parse(reply.text)).toEqual({ message: expect.any(String) });
    },
  );

  test('a registration that makes no sense names its field', async () => {
    const reply = await post('registerBranch', registration({ trans_type: 'saga' }));
    expect(reply).toMatchObject({ status: 500, text: expect.stringContaining('trans_type unknow trans type') });
    expect(await post('registerBranch', registration({ confirm: 'ftp://a' }))).toMatchObject({
      status: 500,
      text: expect.stringContaining('"confirm must be'),
    });
  });

  test('prepareWorkflow shows the transaction and its progress', async () => {
    const body = { gid, trans_type: 'workflow', query_prepared: service.url, custom_data: '{"name":"checkout"}' };
    const first = JSON.parse((await post('prepareWorkflow', body)).text) as object;
    expect(first).toMatchObject({ transaction: { gid, status: 'prepared', concurrent: false }, progresses: [] });
    const step = { gid, trans_type: 'workflow', branch_id: '01', op: 'action', status: 'succeed', data: '{"id":3}' };
    expect(await post('registerBranch', step)).toMatchObject(SUCCESS);
    expect(await post('registerBranch', step)).toMatchObject({
      status: 500,
      text: '{"message":"storage: UniqueKeyConflict"}',
    });
    const outcome = { status: 'succeed', rollback_reason: '', result: 'cmVzdWx0' };
    expect(await post('submit', { gid, trans_type: 'workflow', req_extra: outcome })).toMatchObject(SUCCESS);
    const again = JSON.parse((await post('prepareWorkflow', body)).text) as object;
    expect(again).toMatchObject({
      transaction: { gid, status: 'succeed', result: 'cmVzdWx0' },
      progresses: [{ branch_id: '01', op: 'action', status: 'succeed', bin_data: 'eyJpZCI6M30=' }],
    });
  });

  test('a workflow cannot be submitted with another outcome, or unprepared', async () => {
    const submit = (status: string) => post('submit', { gid, trans_type: 'workflow', req_extra: { status } });
    expect(await submit('succeed')).toMatchObject({ status: 500, text: '{"message":"storage: NotFound"}' });
    await post('prepareWorkflow', { gid, trans_type: 'workflow', query_prepared: service.url });
    expect(await submit('prepared')).toMatchObject({ status: 500, text: expect.stringContaining('req_extra.status') });
    expect(await submit('failed')).toMatchObject(SUCCESS);
    expect(await submit('succeed')).toMatchObject({ status: 500, text: '{"message":"storage: NotFound"}' });
  });
});
