import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig } from '../coordinator-rig.spec-helper';

describe.each(['tcc', 'xa'] as const)('a transaction of type %s', (transType) => {
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

  const isTcc = transType === 'tcc';
  const go = isTcc ? 'confirm' : 'commit';
  const undo = isTcc ? 'cancel' : 'rollback';
  /** Confirm and cancel go from the last to the first, commit and rollback from the first to the last (spec 5.2, 5.3). */
  const ordered = (ids: string[]): string[] => (isTcc ? ids.toReversed() : ids);
  const called = (): string[] => service.calls.map(({ query }) => `${query['branch_id']} ${query['op']}`);

  const prepare = (more: object = {}): Promise<void> => rig.prepare({ gid, trans_type: transType, ...more });
  const submit = (more: object = {}) => rig.submit({ gid, trans_type: transType, ...more });
  const abort = () => rig.parts.transactions.abort(gid, 'no stock');

  function register(branchId: string, data = '{"amount":30}'): Promise<void> {
    const urls = isTcc
      ? { confirm: `${service.url}/confirm`, cancel: `${service.url}/cancel` }
      : { url: `${service.url}/xa` };
    return rig.register({ gid, trans_type: transType, branch_id: branchId, data, ...urls });
  }

  test('carries out its second phase in order, and no more', async () => {
    await prepare();
    await register('01');
    await register('02');
    await submit({ wait_result: true });
    expect(called()).toEqual(ordered(['01', '02']).map((id) => `${id} ${go}`));
    expect(await rig.state(gid)).toBe('succeed P S P S');
  });

  test('rolls back in order when it is aborted, and keeps the reason', async () => {
    await prepare();
    await register('01');
    await register('02');
    await abort();
    await rig.idle();
    expect(called()).toEqual(ordered(['01', '02']).map((id) => `${id} ${undo}`));
    expect(await rig.state(gid)).toBe('failed S P S P');
    expect((await rig.read(gid)).transaction.rollbackReason).toBe('no stock');
  });

  test('is rolled back when it times out, by the timeout in effect', async () => {
    await prepare();
    await register('01');
    expect(await rig.dueInMs(gid)).toBe(35_000);
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('failed S P');
    expect((await rig.read(gid)).transaction.rollbackReason).toBe('Timeout after 35 seconds');
    await expect(register('02')).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
    await expect(submit()).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
  });

  test('is left alone before its timeout, however often it is looked at', async () => {
    await prepare({ timeout_to_fail: 100 });
    await register('01');
    rig.clock.advance(20_000);
    await rig.store.rearm(gid);
    await rig.scan();
    await rig.idle();
    expect(await rig.state(gid)).toBe('prepared P P');
    expect(await rig.dueInMs(gid)).toBe(80_000);
    expect(service.calls).toEqual([]);
  });

  test('stops at the first branch that does not succeed, and goes on from there', async () => {
    const answers = [ANSWERS.error, ANSWERS.success, ANSWERS.ongoing, ANSWERS.success];
    service.script = () => answers.shift() ?? ANSWERS.success;
    await prepare();
    await register('01');
    await register('02');
    await submit();
    await rig.idle();
    const [first, second] = ordered(['01', '02']);
    expect(called()).toEqual([`${first} ${go}`]);
    await rig.visit(gid);
    expect(called()).toEqual([`${first} ${go}`, `${first} ${go}`, `${second} ${go}`]);
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('succeed P S P S');
  });

  test('retries a refusal for ever: it can no longer be undone', async () => {
    service.script = () => ANSWERS.failure;
    await prepare();
    await register('01');
    expect(await submit({ wait_result: true })).toMatchObject({ result: 'error' });
    expect(await rig.state(gid)).toBe('submitted P P');
    expect(log.of('error').join()).toContain('must not refuse');
    service.script = () => ANSWERS.success;
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('succeed P S');
  });

  test('carries out its second phase once when it is submitted twice, in sequence and at once (Q1)', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    service.script = () => held.then(() => ANSWERS.success);
    await prepare();
    await register('01');
    await Promise.all([submit(), submit()]);
    await submit();
    release();
    await rig.idle();
    expect(called()).toEqual([`01 ${go}`]);
    expect(await rig.state(gid)).toBe('succeed P S');
    await expect(submit()).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
  });

  test('either commits or rolls back when submit and abort race, never both', async () => {
    await prepare();
    await register('01');
    const results = await Promise.allSettled([submit(), abort()]);
    await rig.idle();
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(new Set(called()).size).toBe(1);
    expect(['succeed P S', 'failed S P']).toContain(await rig.state(gid));
  });

  test('submitted under an unknown gid has nothing to do, and succeeds', async () => {
    expect(await submit({ wait_result: true })).toEqual({ result: 'success' });
    expect(await rig.state(gid)).toBe('succeed');
  });

  test('takes the same registration twice, and refuses one with other content (Q38)', async () => {
    await prepare();
    await register('01');
    await register('01');
    await expect(register('01', '{"amount":31}')).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
    expect(await rig.state(gid)).toBe('prepared P P');
  });

  test('refuses a registration of another type, or for a gid that does not exist (Q28)', async () => {
    const other = isTcc ? 'xa' : 'tcc';
    await expect(register('01')).rejects.toMatchObject({
      code: 'DTX_CONFLICT',
      message: `no trans with gid: ${gid} status: prepared found FAILURE`,
    });
    await rig.prepare({ gid, trans_type: other });
    await expect(register('01')).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
    expect(await rig.state(gid)).toBe('prepared');
  });

  test('refuses to be submitted as another type', async () => {
    await rig.prepare({ gid, trans_type: 'msg', query_prepared: `${service.url}/query` });
    await expect(submit()).rejects.toMatchObject({
      code: 'DTX_CONFLICT',
      message: "trans type: 'msg' current status 'prepared', cannot sumbmit. FAILURE",
    });
    expect(await rig.state(gid)).toBe('prepared');
  });

  test('may be submitted unprepared, and not again once it is over', async () => {
    await submit({ wait_result: true });
    expect(await rig.state(gid)).toBe('succeed');
    await expect(submit()).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
  });

  test('tells a client that waits for the rollback that it is done', async () => {
    await prepare({ wait_result: true });
    await register('01');
    expect(await abort()).toEqual({ result: 'success' });
    expect(await rig.state(gid)).toBe('failed S P');
  });

  test('tells a client that waits that a branch needs more time', async () => {
    service.script = () => ANSWERS.ongoing;
    await prepare();
    await register('01');
    expect(await submit({ wait_result: true })).toEqual({ result: 'ongoing' });
  });

  test('takes an abort for a fresh start of the rollback that waits for its next try', async () => {
    service.script = () => ANSWERS.error;
    await prepare();
    await register('01');
    await abort();
    await rig.idle();
    service.script = () => ANSWERS.success;
    await abort();
    await rig.idle();
    expect(await rig.state(gid)).toBe('failed S P');
  });

  test('is given up after max_attempts, until somebody makes it due again', async () => {
    service.script = () => ANSWERS.error;
    await prepare({ max_attempts: 2 });
    await register('01');
    await submit();
    await rig.idle();
    await rig.visit(gid);
    expect(service.calls).toHaveLength(2);
    expect(await rig.dueInMs(gid)).toBeNull();
    expect(log.of('error').join()).toContain('given up after 2 failed calls');
    service.script = () => ANSWERS.success;
    await rig.store.rearm(gid);
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('succeed P S');
  });

  test('cancels a branch that is registered while its timeout is being carried out', async () => {
    await prepare({ timeout_to_fail: 5 });
    await register('01');
    rig.clock.advance(5_000);
    // A runner has claimed the transaction and loaded it; the registration comes before it decides anything durable.
    const [claimed] = await rig.store.claim(1, rig.parts.runner.newLease());
    await register('02');
    rig.parts.admission.takeFree(1);
    await rig.parts.runner.start(claimed!, rig.clock.monotonicMs());
    expect(service.calls).toEqual([]);
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('failed S P S P');
    await until(() => service.calls.length === 2);
  });
});

test('a concurrent tcc confirms all its branches at once', async () => {
  const service = await ScriptedService.start();
  const rig = CoordinatorRig.create();
  const gid = newGid();
  try {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    service.script = () => held.then(() => ANSWERS.success);
    await rig.prepare({ gid, trans_type: 'tcc', concurrent: true });
    for (const branch of ['01', '02', '03']) {
      await rig.register({ gid, trans_type: 'tcc', branch_id: branch, confirm: service.url, cancel: service.url });
    }
    await rig.submit({ gid, trans_type: 'tcc' });
    await until(() => service.calls.length === 3);
    release();
    await rig.idle();
    expect(await rig.state(gid)).toBe('succeed P S P S P S');
  } finally {
    await Promise.all([rig.close(), service.stop()]);
  }
});
