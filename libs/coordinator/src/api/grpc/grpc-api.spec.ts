import { DTM_SERVICE, GRPC_STATUS } from '@nestjs-dtx/protocol';
import { ANSWERS, GrpcCaller, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { send } from '../http/http.spec-helper';

const OK = { code: 0, details: '' };

describe('the service of dtm over gRPC', () => {
  let coordinator: RunningCoordinator;
  let service: ScriptedService;
  let caller: GrpcCaller;
  let log: CapturedLog;

  beforeAll(async () => {
    log = CapturedLog.start();
    const here = { host: '127.0.0.1', port: 0 };
    coordinator = await startCoordinator({ http: here, grpc: here, store: { driver: 'memory' } });
    service = await ScriptedService.start();
    caller = new GrpcCaller(coordinator.grpcAddress!);
  });

  beforeEach(() => {
    service.calls.length = 0;
    service.script = () => ANSWERS.success;
  });

  afterAll(async () => {
    caller.close();
    await service.stop();
    await coordinator.close();
    log.restore();
  });

  const steps = (...paths: string[]) =>
    JSON.stringify(
      paths.map((path) => ({ action: `${service.url}/${path}`, compensate: `${service.url}/${path}Revert` })),
    );

  async function query(gid: string): Promise<{ transaction: Record<string, unknown>; branches: { status: string }[] }> {
    const { text } = await send('GET', `${coordinator.url}/api/dtmsvr/query?gid=${gid}`);
    return JSON.parse(text) as { transaction: Record<string, unknown>; branches: { status: string }[] };
  }

  test('gives gids', async () => {
    const { reply } = await caller.call(DTM_SERVICE.NewGid, {});
    expect(reply?.Gid).toMatch(/^\w{22}$/);
  });

  test('runs a saga to its end while the client waits, with the payloads as they are', async () => {
    const answer = await caller.call(DTM_SERVICE.Submit, {
      Gid: 'saga-1',
      TransType: 'saga',
      TransOptions: { WaitResult: true, BranchHeaders: { 'X-Tenant': 'acme' } },
      Steps: steps('out', 'in'),
      BinPayloads: [Buffer.from([1, 0, 255]), Buffer.alloc(0)],
      BusinessKey: 'order-1',
    });
    expect(answer).toMatchObject(OK);
    expect(service.notation).toEqual(['out[01 action]', 'in[02 action]']);
    expect(service.calls[0]).toMatchObject({ body: Buffer.from([1, 0, 255]), headers: { 'x-tenant': 'acme' } });
    const { transaction, branches } = await query('saga-1');
    expect(transaction).toMatchObject({ status: 'succeed', protocol: 'grpc', business_key: 'order-1' });
    expect(branches.map(({ status }) => status)).toEqual(['prepared', 'succeed', 'prepared', 'succeed']);
  });

  test('tells a rolled back saga by ABORTED, with the reason', async () => {
    service.script = ({ path }) => (path === '/in' ? ANSWERS.failure : ANSWERS.success);
    const answer = await caller.call(DTM_SERVICE.Submit, {
      Gid: 'saga-2',
      TransType: 'saga',
      TransOptions: { WaitResult: true },
      Steps: steps('out', 'in'),
      BinPayloads: [Buffer.from('{}'), Buffer.from('{}')],
    });
    expect(answer.code).toBe(GRPC_STATUS.aborted);
    expect(answer.details).toMatch(/insufficient funds.* FAILURE$/);
  });

  test('tells unfinished work by FAILED_PRECONDITION', async () => {
    service.script = () => ANSWERS.ongoing;
    const options = { WaitResult: true, RetryInterval: 3600 };
    const global = { Gid: 'tcc-3', TransType: 'tcc', TransOptions: options };
    await caller.call(DTM_SERVICE.Prepare, global);
    const Data = { confirm: `${service.url}/confirm`, cancel: '' };
    await caller.call(DTM_SERVICE.RegisterBranch, { ...global, BranchID: '01', Data });
    const answer = await caller.call(DTM_SERVICE.Submit, global);
    expect(answer).toEqual({ code: GRPC_STATUS.failedPrecondition, details: 'ONGOING' });
  });

  test('runs both phases of a tcc', async () => {
    const global = { Gid: 'tcc-1', TransType: 'tcc' };
    expect(await caller.call(DTM_SERVICE.Prepare, global)).toMatchObject(OK);
    const branch = {
      ...global,
      BranchID: '01',
      Data: { confirm: `${service.url}/confirm`, cancel: `${service.url}/cancel` },
      BusiPayload: Buffer.from('{"n":1}'),
    };
    expect(await caller.call(DTM_SERVICE.RegisterBranch, branch)).toMatchObject(OK);
    expect(await caller.call(DTM_SERVICE.Submit, global)).toMatchObject(OK);
    await until(async () => (await query('tcc-1')).transaction['status'] === 'succeed');
    expect(service.notation).toEqual(['confirm[01 confirm]']);
    expect(service.calls[0]!.body.toString()).toBe('{"n":1}');
    expect(await caller.call(DTM_SERVICE.RegisterBranch, { ...branch, BranchID: '02' })).toEqual({
      code: GRPC_STATUS.aborted,
      details: 'no trans with gid: tcc-1 status: prepared found FAILURE',
    });
  });

  test('rolls a tcc back', async () => {
    const global = { Gid: 'tcc-2', TransType: 'tcc' };
    await caller.call(DTM_SERVICE.Prepare, global);
    expect(await caller.call(DTM_SERVICE.Abort, { ...global, RollbackReason: 'too late' })).toMatchObject(OK);
    const { transaction } = await query('tcc-2');
    expect(transaction).toMatchObject({ rollback_reason: 'too late' });
    expect(await caller.call(DTM_SERVICE.Submit, global)).toMatchObject({ code: GRPC_STATUS.aborted });
  });

  test('keeps the progress of a workflow and tells its result again (Q18)', async () => {
    const global = { Gid: 'wf-1', TransType: 'workflow' };
    const custom = JSON.stringify({ name: 'order', data: Buffer.from('in').toString('base64') });
    const prepared = { ...global, QueryPrepared: `${service.url}/resume`, CustomedData: custom, Steps: 'null' };
    const first = await caller.call(DTM_SERVICE.PrepareWorkflow, prepared);
    expect(first.reply).toMatchObject({ Transaction: { Gid: 'wf-1', Status: 'prepared' }, Progresses: [] });
    const step = {
      ...global,
      BranchID: '01',
      Data: { op: 'action', status: 'succeed' },
      BusiPayload: Buffer.from('r1'),
    };
    expect(await caller.call(DTM_SERVICE.RegisterBranch, step)).toMatchObject(OK);
    const result = Buffer.from('done').toString('base64');
    const end = { ...global, ReqExtra: { status: 'succeed', rollback_reason: '', result } };
    expect(await caller.call(DTM_SERVICE.Submit, end)).toMatchObject(OK);
    const again = await caller.call(DTM_SERVICE.PrepareWorkflow, prepared);
    expect(again.reply).toEqual({
      Transaction: { Gid: 'wf-1', Status: 'succeed', RollbackReason: '', Result: result },
      Progresses: [{ Status: 'succeed', BinData: Buffer.from('r1'), BranchID: '01', Op: 'action' }],
    });
  });

  test('keeps topics', async () => {
    const topic = { Topic: 'order.paid', URL: 'points:9000/points.Points/Award', Remark: 'points' };
    expect(await caller.call(DTM_SERVICE.Subscribe, topic)).toMatchObject(OK);
    expect(await caller.call(DTM_SERVICE.Subscribe, topic)).toEqual({ code: 2, details: 'this url exists' });
    expect(await caller.call(DTM_SERVICE.Unsubscribe, topic)).toMatchObject(OK);
    expect(await caller.call(DTM_SERVICE.DeleteTopic, topic)).toMatchObject(OK);
    expect(await caller.call(DTM_SERVICE.DeleteTopic, topic)).toEqual({ code: 2, details: 'storage: NotFound' });
  });

  const saga = { Gid: 'bad', TransType: 'saga', Steps: '[]' };

  test.each([
    ['a gid alone', { Gid: 'bad' }, 'TransType must be one of saga, tcc, xa, msg, workflow'],
    ['no gid', { TransType: 'saga' }, 'Gid must not be empty'],
    ['steps that are no JSON', { ...saga, Steps: '[' }, 'Steps must be the JSON text of an array'],
    ['steps that are no array', { ...saga, Steps: '{}' }, 'Steps must be an array'],
    ['a step that is no object', { ...saga, Steps: '[1]' }, 'Steps[0] must be a JSON object'],
    ['a missing payload', { ...saga, Steps: '[{"action":""}]' }, 'BinPayloads must hold one entry per step, 1 in all'],
    [
      'a negative interval',
      { ...saga, TransOptions: { RetryInterval: -1 } },
      'TransOptions.RetryInterval must not be negative',
    ],
    [
      'a completion over gRPC',
      { ...saga, TransOptions: { OnComplete: 'grpc://a:1/b.C/d' } },
      'TransOptions.OnComplete must not be a URL of gRPC',
    ],
    [
      'a URL of no transport',
      { ...saga, Steps: '[{"action":"etcd://a/b"}]', BinPayloads: [Buffer.alloc(0)] },
      expect.stringMatching(/^Steps\[0\]\.action must be/),
    ],
  ])('refuses %s, and stores nothing', async (_case, message, details) => {
    expect(await caller.call(DTM_SERVICE.Submit, message)).toEqual({ code: GRPC_STATUS.internal, details });
    expect(await query('bad')).toEqual({ transaction: null, branches: [] });
  });

  test('answers the abort of an unknown gid by INTERNAL', async () => {
    expect(await caller.call(DTM_SERVICE.Abort, { Gid: 'nobody', TransType: 'tcc' })).toMatchObject({
      code: GRPC_STATUS.internal,
    });
  });

  test('counts its calls by method and status', async () => {
    await caller.call(DTM_SERVICE.NewGid, {});
    const { text } = await send('GET', `${coordinator.url}/api/metrics`);
    expect(text).toMatch(/dtm_server_process_total\{type="grpc",api="newgid",status="ok"\} [1-9]/);
    expect(text).toMatch(/dtm_server_process_total\{type="grpc",api="submit",status="fail"\} [1-9]/);
    expect(text).toMatch(/dtm_server_response_duration_count\{type="grpc",api="submit"\} [1-9]/);
  });
});
