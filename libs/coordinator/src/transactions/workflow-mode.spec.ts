import { newGid, parseTransactionRequest } from '@nestjs-dtx/protocol';
import { ANSWERS, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig } from '../coordinator-rig.spec-helper';
import { DEFAULT_SETTINGS } from '../coordinator.settings';

describe('a workflow', () => {
  let service: ScriptedService;
  let rig: CoordinatorRig;
  let log: CapturedLog;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    rig = CoordinatorRig.create();
    gid = newGid();
  });

  afterEach(async () => {
    await Promise.all([rig.close(), service.stop()]);
    log.restore();
  });

  const body = (more: object = {}): object => ({
    gid,
    trans_type: 'workflow',
    query_prepared: `${service.url}/resume`,
    custom_data: JSON.stringify({ name: 'checkout', data: Buffer.from('{"a":1}').toString('base64') }),
    ...more,
  });
  const prepare = (more: object = {}) =>
    rig.parts.transactions.prepareWorkflow(parseTransactionRequest(body(more), DEFAULT_SETTINGS.limits));
  const submit = (status: string, more: object = {}) =>
    rig.submit({ gid, trans_type: 'workflow', req_extra: { status, ...more } });
  const record = (branchId: string, data = '"done"') =>
    rig.register({ gid, trans_type: 'workflow', branch_id: branchId, op: 'action', status: 'succeed', data });

  test('keeps its progress and its result', async () => {
    expect(await prepare()).toMatchObject({ transaction: { status: 'prepared' }, branches: [] });
    await record('01');
    await submit('succeed', { result: 'cmVzdWx0' });
    expect(await prepare()).toMatchObject({
      transaction: { status: 'succeed', result: 'cmVzdWx0' },
      branches: [{ branchId: '01', op: 'action', status: 'succeed' }],
    });
    expect(await rig.dueInMs(gid)).toBeNull();
  });

  test('keeps the reason of its rollback', async () => {
    await prepare();
    await submit('failed', { rollback_reason: 'no stock' });
    expect((await rig.read(gid)).transaction).toMatchObject({ status: 'failed', rollbackReason: 'no stock' });
  });

  test('is found as it is, whatever it is, when its gid is taken', async () => {
    await rig.prepare({ gid, trans_type: 'tcc' });
    expect(await prepare()).toMatchObject({ transaction: { transType: 'tcc', status: 'prepared' } });
  });

  test('is called back with its data until it submits its outcome, by its own interval', async () => {
    await prepare({ retry_interval: 3 });
    expect(await rig.dueInMs(gid)).toBe(3_000);
    service.script = () => ANSWERS.ongoing;
    await rig.visit(gid);
    expect(service.calls[0]).toMatchObject({
      method: 'POST',
      path: '/resume',
      query: { branch_id: '00', gid, op: 'checkout', trans_type: 'workflow' },
    });
    expect(service.calls[0]!.body.toString()).toBe('{"a":1}');
    expect(await rig.dueInMs(gid)).toBe(3_000);
    service.script = () => ANSWERS.error;
    await rig.visit(gid);
    expect(await rig.dueInMs(gid)).toBeGreaterThanOrEqual(6_000);
    service.script = async () => {
      await record('01');
      await submit('succeed');
      return ANSWERS.success;
    };
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('succeed S');
    expect(await rig.dueInMs(gid)).toBeNull();
  });

  test('that was rolled back while it was called back answers FAILURE, which is no incident', async () => {
    await prepare();
    service.script = async () => {
      await submit('failed', { rollback_reason: 'no stock' });
      return ANSWERS.failure;
    };
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('failed');
    expect(log.of('error')).toEqual([]);
  });

  test('whose callback answers without an outcome is called again at its interval, not at once', async () => {
    await prepare();
    for (const answer of [ANSWERS.success, ANSWERS.failure]) {
      service.script = () => answer;
      await rig.visit(gid);
      expect(await rig.dueInMs(gid)).toBe(10_000);
    }
    expect(service.calls).toHaveLength(2);
  });

  test('is called back with POST even without data (Q16)', async () => {
    await prepare({ custom_data: '{"name":"checkout","data":null}' });
    await rig.visit(gid);
    expect(service.calls[0]).toMatchObject({ method: 'POST', body: Buffer.alloc(0) });
  });

  test('refuses a second record of a step, and keeps the first', async () => {
    await prepare();
    await record('01');
    await expect(record('01')).rejects.toMatchObject({ code: 'DTX_BRANCH_EXISTS' });
    await expect(record('01', '"other"')).rejects.toMatchObject({ code: 'DTX_BRANCH_EXISTS' });
    const { branches } = await rig.read(gid);
    expect(branches.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['"done"']);
  });

  test('takes records while it is being called back, and keeps its lease', async () => {
    await prepare();
    let recorded = false;
    service.script = async () => {
      await record('01');
      recorded = true;
      return ANSWERS.ongoing;
    };
    await rig.visit(gid);
    await until(() => recorded);
    expect(await rig.dueInMs(gid)).toBe(10_000);
  });

  test('takes the same outcome twice, and no other afterwards (Q20)', async () => {
    await prepare();
    await submit('succeed', { result: 'b25l' });
    await submit('succeed', { result: 'b25l' });
    await expect(submit('succeed', { result: 'b3RoZXI=' })).rejects.toMatchObject({ message: 'storage: NotFound' });
    await expect(submit('failed')).rejects.toMatchObject({ message: 'storage: NotFound' });
    await expect(record('01')).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
    expect(await rig.state(gid)).toBe('succeed');
  });

  test.each(['', 'submitted', 'done'])('refuses the outcome "%s"', async (status) => {
    await prepare();
    await expect(submit(status)).rejects.toMatchObject({ field: 'req_extra.status' });
    expect(await rig.state(gid)).toBe('prepared');
  });

  test('cannot be submitted unprepared, nor aborted', async () => {
    await expect(submit('succeed')).rejects.toMatchObject({ message: 'storage: NotFound' });
    await prepare();
    await expect(rig.parts.transactions.abort(gid, '')).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
  });

  test('of another type than it says is refused', async () => {
    await expect(prepare({ trans_type: 'saga' })).rejects.toMatchObject({ field: 'trans_type' });
  });

  test('ends no transaction of another type', async () => {
    await rig.prepare({ gid, trans_type: 'tcc' });
    await expect(submit('succeed')).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
    expect(await rig.state(gid)).toBe('prepared');
  });
});
