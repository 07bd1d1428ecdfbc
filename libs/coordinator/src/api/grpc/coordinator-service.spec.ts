import { COORDINATOR_SERVICE, DTM_SERVICE, GRPC_STATUS } from '@nestjs-dtx/protocol';
import { ANSWERS, GrpcCaller, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../../captured-log.spec-helper';
import { startCoordinator, type RunningCoordinator } from '../../start-coordinator';

const { Query, List, ForceStop, RetryNow } = COORDINATOR_SERVICE;

describe('our own service over gRPC', () => {
  let coordinator: RunningCoordinator;
  let service: ScriptedService;
  let caller: GrpcCaller;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    const here = { host: '127.0.0.1', port: 0 };
    coordinator = await startCoordinator({ http: here, grpc: here, store: { driver: 'memory' } });
    service = await ScriptedService.start();
    caller = new GrpcCaller(coordinator.grpcAddress!);
  });

  afterEach(async () => {
    caller.close();
    await service.stop();
    await coordinator.close();
    log.restore();
  });

  /** Submits a saga of one step. */
  const submit = (Gid: string, options = {}) =>
    caller.call(DTM_SERVICE.Submit, {
      Gid,
      TransType: 'saga',
      TransOptions: options,
      Steps: JSON.stringify([{ action: `${service.url}/out`, compensate: '' }]),
      BinPayloads: [Buffer.from([1, 2])],
      BusinessKey: `order of ${Gid}`,
    });

  test('shows a transaction with its branches', async () => {
    await submit('done', { WaitResult: true });
    const { reply } = await caller.call(Query, { gid: 'done' });
    expect(reply?.transaction).toMatchObject({
      gid: 'done',
      trans_type: 'saga',
      status: 'succeed',
      protocol: 'grpc',
      business_key: 'order of done',
      create_time: expect.stringMatching(/^\d{4}-.*Z$/),
      finish_time: expect.stringMatching(/^\d{4}-.*Z$/),
      rollback_time: '',
      attempts: 0,
    });
    expect(reply?.branches).toMatchObject([
      { branch_id: '01', op: 'compensate', url: '', status: 'prepared' },
      { branch_id: '01', op: 'action', url: `${service.url}/out`, status: 'succeed', payload: Buffer.from([1, 2]) },
    ]);
  });

  test('lists transactions, filtered, page by page, the newest first', async () => {
    for (const gid of ['a', 'b', 'c']) await submit(gid, { WaitResult: true });
    await caller.call(DTM_SERVICE.Prepare, { Gid: 'd', TransType: 'tcc' });
    const gids = (reply: { transactions: readonly { gid: string }[] } | undefined) =>
      reply?.transactions.map(({ gid }) => gid);
    expect(gids((await caller.call(List, {})).reply)).toEqual(['d', 'c', 'b', 'a']);
    expect(gids((await caller.call(List, { trans_type: 'tcc' })).reply)).toEqual(['d']);
    expect(gids((await caller.call(List, { business_key: 'order of b' })).reply)).toEqual(['b']);
    const first = (await caller.call(List, { status: 'succeed', limit: 2 })).reply;
    expect(gids(first)).toEqual(['c', 'b']);
    const rest = (await caller.call(List, { status: 'succeed', limit: 2, position: first!.next_position })).reply;
    expect(gids(rest)).toEqual(['a']);
    expect(rest?.next_position).toBe('');
    expect(gids((await caller.call(List, { create_time_start: Date.now() + 60_000 })).reply)).toEqual([]);
  });

  test('stops a transaction', async () => {
    service.script = () => ANSWERS.ongoing;
    await submit('open', { RetryInterval: 3600 });
    expect(await caller.call(ForceStop, { gid: 'open' })).toMatchObject({ code: GRPC_STATUS.ok });
    expect((await caller.call(Query, { gid: 'open' })).reply?.transaction?.status).toBe('failed');
    expect(await caller.call(ForceStop, { gid: 'open' })).toMatchObject({
      code: GRPC_STATUS.failedPrecondition,
      details: expect.stringContaining('force stop'),
    });
  });

  test('visits a transaction at once', async () => {
    service.script = () => (service.calls.length === 1 ? ANSWERS.ongoing : ANSWERS.success);
    await submit('later', { RetryInterval: 3600 });
    await until(async () => (await caller.call(Query, { gid: 'later' })).reply?.transaction?.owner === '');
    expect(await caller.call(RetryNow, { gid: 'later' })).toMatchObject({ code: GRPC_STATUS.ok });
    await until(async () => (await caller.call(Query, { gid: 'later' })).reply?.transaction?.status === 'succeed');
    expect(service.calls).toHaveLength(2);
  });

  test.each([
    ['a gid that nobody knows', Query, { gid: 'x' }, GRPC_STATUS.notFound],
    ['no gid', Query, {}, GRPC_STATUS.invalidArgument],
    ['a gid that nobody knows', ForceStop, { gid: 'x' }, GRPC_STATUS.notFound],
    ['a gid that nobody knows', RetryNow, { gid: 'x' }, GRPC_STATUS.notFound],
    ['no gid', RetryNow, { gid: '' }, GRPC_STATUS.invalidArgument],
    ['a position of nobody', List, { position: 'x' }, GRPC_STATUS.invalidArgument],
    ['a page that is too large', List, { limit: 1001 }, GRPC_STATUS.invalidArgument],
    ['a page of less than nothing', List, { limit: -1 }, GRPC_STATUS.invalidArgument],
    ['a status that is none', List, { status: 'open' }, GRPC_STATUS.invalidArgument],
    ['a time before all times', List, { create_time_end: -1 }, GRPC_STATUS.invalidArgument],
  ])('refuses %s', async (_case, method, request, code) => {
    expect(await caller.call(method, request as never)).toMatchObject({ code, details: expect.stringMatching(/\S/) });
  });
});
