import { status } from '@grpc/grpc-js';
import { BranchFailureError, DtxClient } from '@nestjs-dtx/client';
import { Flow } from '../flows/flow';
import { Cleanup } from '../support/cleanup';
import { GrpcService, GrpcStatusError } from '../support/grpc-service';
import { until } from '../support/until';

const METHODS = ['out', 'outUndo', 'in', 'inUndo', 'inTry', 'inConfirm', 'inCancel', 'check', 'xa'];

/** Bytes that are no text. */
const BYTES = Buffer.from([0, 255, 1, 254]);

describe('the client over gRPC, on a real coordinator,', () => {
  const cleanup = new Cleanup();
  let flow: Flow;
  let bank: GrpcService;
  let client: DtxClient;
  let count = 0;

  beforeAll(async () => {
    flow = await Flow.start(cleanup);
    bank = await GrpcService.start(METHODS);
    cleanup.add(() => bank.stop());
    client = new DtxClient({ coordinator: flow.coordinator.grpcAddress, transport: 'grpc', branchTimeoutMs: 5000 });
    cleanup.add(() => client.close());
  });
  afterAll(() => cleanup.run());
  beforeEach(() => {
    bank.script = () => undefined;
  });

  const newGid = (): string => `grpc-${(count += 1)}`;
  const refuse = (method: string) =>
    (bank.script = ({ method: called }) => {
      if (called === method) throw new GrpcStatusError(status.ABORTED, 'not enough money');
    });
  const rows = async (gid: string): Promise<string[]> =>
    (await client.query(gid)).branches.map(({ branch_id: id, op, status: is }) => `${id} ${op} ${is}`);
  const reached = (gid: string, wanted: string) =>
    until(`${gid} is ${wanted}`, async () => (await client.query(gid)).transaction?.status === wanted);

  describe('a saga', () => {
    const saga = (gid: string) =>
      client
        .saga(gid)
        .add(bank.url('out'), bank.url('outUndo'), BYTES)
        .add(`${flow.busi.url}/in`, `${flow.busi.url}/inUndo`, { amount: 30 })
        .add(bank.url('in'), bank.url('inUndo'))
        .waitResult();

    test('calls branches over gRPC and HTTP, with bytes as they are', async () => {
      const gid = newGid();
      await saga(gid).submit();
      expect(bank.notation(gid)).toEqual(['out[01 action]', 'in[03 action]']);
      expect(flow.busi.log.notation(gid)).toEqual(['in[02 action]']);
      expect(bank.calls.find(({ method }) => method === 'out')).toMatchObject({ message: BYTES });
      expect((await client.query(gid)).transaction).toMatchObject({ status: 'succeed', protocol: 'grpc' });
    });

    test('is rolled back with the reason of the branch that refused', async () => {
      const gid = newGid();
      refuse('in');
      await expect(saga(gid).submit()).rejects.toMatchObject({
        code: 'DTX_TRANSACTION_FAILED',
        reason: expect.stringContaining('not enough money') as string,
      });
      expect(bank.notation(gid)).toEqual([
        'out[01 action]',
        'in[03 action]',
        'inUndo[03 compensate]',
        'outUndo[01 compensate]',
      ]);
    });
  });

  describe('a tcc', () => {
    const urls = () => ({ try: bank.url('inTry'), confirm: bank.url('inConfirm'), cancel: bank.url('inCancel') });

    test('is confirmed, and its try has answered with bytes', async () => {
      const gid = newGid();
      bank.script = ({ method, message }) => (method === 'inTry' ? message.reverse() : undefined);
      const answer = await client
        .tcc(gid)
        .waitResult()
        .run((tcc) => tcc.branch({ ...urls(), payload: BYTES }));
      expect(answer.bytes).toEqual(Buffer.from(BYTES).reverse());
      expect(bank.notation(gid)).toEqual(['inTry[01 try]', 'inConfirm[01 confirm]']);
      const [trial, confirm] = bank.calls.filter(({ metadata }) => metadata['dtm-gid'] === gid);
      expect(trial!.metadata).toMatchObject({ 'dtm-trans_type': 'tcc', 'dtm-dtm': flow.coordinator.grpcAddress });
      expect(confirm!.metadata).toMatchObject({ 'dtm-trans_type': 'tcc', 'dtm-dtm': '' });
    });

    test('is cancelled when its try refuses', async () => {
      const gid = newGid();
      refuse('inTry');
      const outcome = client
        .tcc(gid)
        .waitResult()
        .run((tcc) => tcc.branch({ ...urls(), payload: BYTES }));
      await expect(outcome).rejects.toBeInstanceOf(BranchFailureError);
      expect(await rows(gid)).toEqual(['01 cancel succeed', '01 confirm prepared']);
      expect((await client.query(gid)).transaction?.rollback_reason).toContain('not enough money');
    });
  });

  test('a message is dropped, or delivered, as its check-back says', async () => {
    const [committed, dropped] = [newGid(), newGid()];
    bank.script = ({ method, metadata }) => {
      if (method === 'check' && metadata['dtm-gid'] === dropped) throw new GrpcStatusError(status.ABORTED, 'no');
    };
    for (const gid of [committed, dropped]) {
      const work = (): Promise<void> => Promise.reject(new Error('the connection was lost at the commit'));
      const message = client.msg(gid).add(bank.url('in'), BYTES).waitResult();
      await expect(message.doAndSubmit(bank.url('check'), work)).rejects.toThrow('lost at the commit');
    }
    await reached(committed, 'succeed');
    await reached(dropped, 'failed');
    expect(bank.notation(committed)).toEqual(['check[00 msg]', 'in[01 action]']);
    expect(bank.notation(dropped)).toEqual(['check[00 msg]']);
  });

  test('an xa transaction tells its participants where phase 2 is', async () => {
    const gid = newGid();
    await client.xa(gid).run((xa) => xa.branch(bank.url('xa'), BYTES));
    await reached(gid, 'succeed');
    expect(bank.calls.at(-1)).toMatchObject({
      message: BYTES,
      metadata: { 'dtm-op': 'action', 'dtm-phase2_url': bank.url('xa'), 'dtm-trans_type': 'xa' },
    });
  });

  describe('a workflow', () => {
    let runs = 0;

    beforeAll(() => {
      client.workflows.register(
        'transfer',
        async (wf, { refused }: { refused: boolean }) => {
          runs += 1;
          const answer = await wf.http(bank.url('out'), { amount: 30 }, { onRollback: bank.url('outUndo') });
          if (refused) throw new BranchFailureError('changed my mind');
          return { answer };
        },
        { callback: `${flow.busi.url}/resume` },
      );
    });

    test('records its steps, and gives its result again', async () => {
      const gid = newGid();
      bank.script = () => Buffer.from('{"receipt":7}');
      const expected = { answer: { receipt: 7 } };
      expect(await client.workflow('transfer', gid).execute({ refused: false })).toEqual(expected);
      const before = runs;
      expect(await client.workflow('transfer', gid).execute({ refused: false })).toEqual(expected);
      expect(runs).toBe(before);
      await expect(client.workflow('transfer', gid).execute({ refused: true })).rejects.toMatchObject({
        code: 'DTX_INVALID_REQUEST',
      });
      expect(await rows(gid)).toEqual(['01 action succeed']);
    });

    test('sends and records bytes', async () => {
      const gid = newGid();
      client.workflows.register('bytes', (wf) => wf.http(bank.url('out'), BYTES), {
        callback: `${flow.busi.url}/resume`,
      });
      bank.script = ({ message }) => message;
      expect(await client.workflow('bytes', gid).execute()).toBe(BYTES.toString('base64'));
      expect(bank.calls.at(-1)).toMatchObject({ message: BYTES });
    });

    test('is rolled back', async () => {
      const gid = newGid();
      await expect(client.workflow('transfer', gid).execute({ refused: true })).rejects.toThrow('changed my mind');
      expect(bank.notation(gid)).toEqual(['out[01 action]', 'outUndo[01 rollback]']);
      expect((await client.query(gid)).transaction?.status).toBe('failed');
    });
  });

  test('keeps topics', async () => {
    const { topics } = client;
    const gid = newGid();
    expect(await topics.subscribe('grpc.paid', bank.url('in'))).toBe(true);
    expect(await topics.subscribe('grpc.paid', bank.url('in'))).toBe(false);
    await client.msg(gid).topic('grpc.paid', BYTES).waitResult().submit();
    expect(bank.notation(gid)).toEqual(['in[01 action]']);
    expect(await topics.unsubscribe('grpc.paid', bank.url('in'))).toBe(true);
    expect(await topics.delete('grpc.paid')).toBe(true);
    expect(await topics.delete('grpc.paid')).toBe(false);
  });

  test('stops a transaction by force, once', async () => {
    const gid = newGid();
    bank.script = () => {
      throw new GrpcStatusError(status.FAILED_PRECONDITION, 'ONGOING');
    };
    await client.saga(gid).retryInterval(3600).add(bank.url('in'), '', BYTES).submit();
    await client.forceStop(gid);
    expect((await client.query(gid)).transaction?.status).toBe('failed');
    await expect(client.forceStop(gid)).rejects.toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status: 409 });
  });

  test('tells what is not to be had over gRPC', async () => {
    await expect(client.version()).rejects.toMatchObject({ code: 'DTX_COORDINATOR_REFUSED', status: 501 });
    const step = client.tcc(newGid()).run((tcc) => tcc.step('bank/in', BYTES));
    await expect(step).rejects.toThrow('/services is not to be had over gRPC');
  });

  test('refuses bytes where the coordinator takes text', async () => {
    const http = new DtxClient({ coordinator: flow.coordinator.url });
    cleanup.add(() => http.close());
    const gid = newGid();
    await expect(http.saga(gid).add(bank.url('in'), '', BYTES).submit()).rejects.toMatchObject({
      code: 'DTX_INVALID_REQUEST',
      field: 'payloads[0]',
    });
    expect((await http.query(gid)).transaction).toBeNull();
  });
});
