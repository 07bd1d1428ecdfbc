import { DTM_SERVICE, WORKFLOW_SERVICE } from '@nestjs-dtx/protocol';
import { ANSWERS, GRPC_ANSWERS, GrpcCaller, ScriptedGrpcService, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';
import { send } from '../http/http.spec-helper';

describe('transactions with branches over gRPC', () => {
  let coordinator: RunningCoordinator;
  let bank: ScriptedGrpcService;
  let shop: ScriptedService;
  let caller: GrpcCaller;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    const here = { host: '127.0.0.1', port: 0 };
    const settings = { transCronInterval: 0.1, retryInterval: 1, timeoutToFail: 1 };
    coordinator = await startCoordinator({ http: here, grpc: here, store: { driver: 'memory' }, settings });
    bank = await ScriptedGrpcService.start();
    shop = await ScriptedService.start();
    caller = new GrpcCaller(coordinator.grpcAddress!);
  });

  afterEach(async () => {
    caller.close();
    await Promise.all([bank.stop(), shop.stop()]);
    await coordinator.close();
    log.restore();
  });

  const over = (method: string): string => `${bank.address}/bank.Bank/${method}`;

  async function status(gid: string): Promise<unknown> {
    const { text } = await send('GET', `${coordinator.url}/api/dtmsvr/query?gid=${gid}`);
    return (JSON.parse(text) as { transaction: { status: string } }).transaction.status;
  }

  const ended = (gid: string, how: string) => until(async () => (await status(gid)) === how, { timeoutMs: 10_000 });

  test('mix with those over HTTP, submitted over gRPC', async () => {
    bank.script = ({ path }) => (path.endsWith('Out') ? GRPC_ANSWERS.failure : GRPC_ANSWERS.success);
    const steps = [
      { action: `${shop.url}/reserve`, compensate: `${shop.url}/release` },
      { action: over('In'), compensate: over('InRevert') },
      { action: over('Out'), compensate: over('OutRevert') },
    ];
    const answer = await caller.call(DTM_SERVICE.Submit, {
      Gid: 'mixed',
      TransType: 'saga',
      TransOptions: { WaitResult: true },
      Steps: JSON.stringify(steps),
      BinPayloads: steps.map((_, index) => Buffer.from([index])),
    });
    expect(answer.code).toBe(10);
    expect(answer.details).toContain('insufficient funds');
    await ended('mixed', 'failed');
    expect(bank.notation).toEqual([
      'In[02 action]',
      'Out[03 action]',
      'OutRevert[03 compensate]',
      'InRevert[02 compensate]',
    ]);
    expect(shop.notation).toEqual(['reserve[01 action]', 'release[01 compensate]']);
    expect(bank.calls.map(({ message }) => [...message])).toEqual([[1], [2], [2], [1]]);
  });

  test('mix with those over HTTP, submitted over HTTP, where the URL says that it is of gRPC', async () => {
    shop.script = () => ANSWERS.success;
    const body = {
      gid: 'mixed-http',
      trans_type: 'saga',
      wait_result: true,
      steps: [{ action: `${shop.url}/reserve` }, { action: `grpc://${over('In')}` }],
      payloads: ['{}', 'bytes'],
    };
    expect(await send('POST', `${coordinator.url}/api/dtmsvr/submit`, JSON.stringify(body))).toMatchObject({
      status: 200,
    });
    expect(bank.calls[0]).toMatchObject({ path: '/bank.Bank/In', message: Buffer.from('bytes') });
  });

  test('ask whether a message was meant, with an empty message', async () => {
    bank.script = ({ path }) =>
      path.endsWith('Check') && bank.calls.length === 1
        ? GRPC_ANSWERS.ongoing
        : { code: 0, reply: Buffer.from('ignored') };
    await caller.call(DTM_SERVICE.Prepare, {
      Gid: 'msg',
      TransType: 'msg',
      Steps: JSON.stringify([{ action: over('In') }]),
      BinPayloads: [Buffer.from('pay')],
      QueryPrepared: over('Check'),
    });
    await ended('msg', 'succeed');
    expect(bank.notation).toEqual(['Check[00 msg]', 'Check[00 msg]', 'In[01 action]']);
    expect(bank.calls[0]!.message).toHaveLength(0);
  });

  test('resume a workflow by its method, with its data in a message', async () => {
    const data = Buffer.from([1, 2, 3]);
    await caller.call(DTM_SERVICE.PrepareWorkflow, {
      Gid: 'wf',
      TransType: 'workflow',
      CustomedData: JSON.stringify({ name: 'order', data: data.toString('base64') }),
      QueryPrepared: `${bank.address}/workflow.Workflow/Execute`,
    });
    await bank.received(1);
    expect(bank.calls[0]).toMatchObject({
      path: WORKFLOW_SERVICE.Execute.path,
      headers: {
        'dtm-gid': 'wf',
        'dtm-trans_type': 'workflow',
        'dtm-branch_id': '00',
        'dtm-op': 'order',
        'dtm-dtm': '',
      },
    });
    expect(WORKFLOW_SERVICE.Execute.requestDeserialize(bank.calls[0]!.message).Data).toEqual(data);
  });

  test('reach the subscribers of a topic', async () => {
    await caller.call(DTM_SERVICE.Subscribe, { Topic: 'paid', URL: over('Award') });
    await caller.call(DTM_SERVICE.Subscribe, { Topic: 'paid', URL: `${shop.url}/paid` });
    await caller.call(DTM_SERVICE.Submit, {
      Gid: 'topic',
      TransType: 'msg',
      Steps: '[{"action":"topic://paid"}]',
      BinPayloads: [Buffer.from('{}')],
    });
    await ended('topic', 'succeed');
    expect(bank.notation).toEqual(['Award[01-01 action]']);
    expect(shop.notation).toEqual(['paid[01-02 action]']);
  });

  test('run the second phase of xa, whatever the branch was registered over', async () => {
    await caller.call(DTM_SERVICE.Prepare, { Gid: 'xa', TransType: 'xa' });
    const branch = { Gid: 'xa', TransType: 'xa', BranchID: '01', Data: { url: over('Xa') } };
    expect(await caller.call(DTM_SERVICE.RegisterBranch, branch)).toMatchObject({ code: 0 });
    expect(await caller.call(DTM_SERVICE.Submit, { Gid: 'xa', TransType: 'xa' })).toMatchObject({ code: 0 });
    await ended('xa', 'succeed');
    expect(bank.notation).toEqual(['Xa[01 commit]']);
  });
});
