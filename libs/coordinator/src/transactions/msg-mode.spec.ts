import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig } from '../coordinator-rig.spec-helper';

describe('a 2-phase message', () => {
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
    trans_type: 'msg',
    steps: [{ action: `${service.url}/out` }, { action: `${service.url}/in` }],
    payloads: ['{"amount":30}', '{"amount":30}'],
    query_prepared: `${service.url}/check`,
    ...more,
  });
  const called = (): string[] => service.calls.map(({ path, query }) => `${path} ${query['branch_id']} ${query['op']}`);

  test('is delivered step by step once it is submitted', async () => {
    await rig.prepare(body());
    expect(await rig.submit(body({ wait_result: true }))).toEqual({ result: 'success' });
    expect(called()).toEqual(['/out 01 action', '/in 02 action']);
    expect(await rig.state(gid)).toBe('succeed S S');
  });

  test('is delivered without having been prepared', async () => {
    await rig.submit(body());
    await rig.idle();
    expect(await rig.state(gid)).toBe('succeed S S');
  });

  test('is delivered when its sender says that the local transaction was committed', async () => {
    await rig.prepare(body());
    expect(await rig.dueInMs(gid)).toBe(35_000);
    await rig.visit(gid);
    expect(called()).toEqual(['/check 00 msg', '/out 01 action', '/in 02 action']);
    expect(service.calls[0]!.method).toBe('GET');
    expect(await rig.state(gid)).toBe('succeed S S');
  });

  test('is dropped when its sender says that it was not', async () => {
    service.script = () => ANSWERS.failure;
    await rig.prepare(body());
    await rig.visit(gid);
    expect(called()).toEqual(['/check 00 msg']);
    expect(await rig.state(gid)).toBe('failed P P');
    await expect(rig.submit(body())).rejects.toMatchObject({ code: 'DTX_CONFLICT' });
  });

  test('asks again: after the interval while the local transaction is open, with back-off after an error', async () => {
    const answers = [ANSWERS.ongoing, ANSWERS.error, ANSWERS.success];
    service.script = ({ path }) => (path === '/check' ? answers.shift()! : ANSWERS.success);
    await rig.prepare(body());
    await rig.visit(gid);
    expect(await rig.dueInMs(gid)).toBe(10_000);
    await rig.visit(gid);
    expect(await rig.dueInMs(gid)).toBeGreaterThanOrEqual(20_000);
    expect(await rig.state(gid)).toBe('prepared P P');
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('succeed S S');
  });

  test('is delivered once when its submit comes while it is being asked about', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    service.script = ({ path }) => (path === '/check' ? held.then(() => ANSWERS.failure) : ANSWERS.success);
    await rig.prepare(body());
    rig.clock.advance(35_000);
    await rig.scan();
    await until(() => service.calls.length === 1);
    await rig.submit(body());
    release();
    await rig.idle();
    expect(await rig.state(gid)).toBe('succeed S S');
    expect(called()).toEqual(['/check 00 msg', '/out 01 action', '/in 02 action']);
  });

  test('is taken back by an abort while it is prepared, and not afterwards', async () => {
    await rig.prepare(body());
    await rig.parts.transactions.abort(gid, '');
    expect(await rig.state(gid)).toBe('failed P P');
    expect(service.calls).toEqual([]);
    await expect(rig.parts.transactions.abort(gid, '')).rejects.toMatchObject({
      message: "trans type: 'msg' current status 'failed', cannot abort. FAILURE",
    });
  });

  test('retries a refusal for ever: a message cannot be undone', async () => {
    const answers = [ANSWERS.failure, ANSWERS.success, ANSWERS.success];
    service.script = () => answers.shift()!;
    expect(await rig.submit(body({ wait_result: true }))).toMatchObject({ result: 'error' });
    expect(await rig.state(gid)).toBe('submitted P P');
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('succeed S S');
  });

  test('calls all its branches at once when it is concurrent, and awaits each of them (Q22)', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    service.script = ({ path }) => (path === '/out' ? ANSWERS.error : held.then(() => ANSWERS.success));
    await rig.submit(body({ concurrent: true }));
    await until(() => service.calls.length === 2);
    release();
    await rig.idle();
    expect(await rig.state(gid)).toBe('submitted P S');
  });

  test('waits for its delay, counted from the submit', async () => {
    await rig.prepare(body());
    rig.clock.advance(8_000);
    await rig.submit(body({ custom_data: '{"delay":10}' }));
    await rig.idle();
    expect(await rig.dueInMs(gid)).toBe(10_000);
    rig.clock.advance(9_999);
    expect(await rig.scan()).toBe(0);
    await rig.visit(gid);
    expect(await rig.state(gid)).toBe('succeed S S');
  });

  test.each([
    ['{"delay":-1}', 'custom_data'],
    ['{"delay":"soon"}', 'custom_data'],
    ['{', 'custom_data'],
  ])('refuses the custom data %s', async (customData, field) => {
    const wrong = body({ custom_data: customData });
    await expect(rig.submit(wrong)).rejects.toMatchObject({ code: 'DTX_INVALID_REQUEST', field });
    await expect(rig.prepare(wrong)).rejects.toMatchObject({ code: 'DTX_INVALID_REQUEST', field });
    await expect(rig.read(gid)).rejects.toThrow('no transaction');
  });

  test('cannot be prepared without a check-back: nobody could tell what became of it (Q12)', async () => {
    await expect(rig.prepare(body({ query_prepared: '' }))).rejects.toMatchObject({ field: 'query_prepared' });
  });

  test('to a topic that does not exist is refused, and nothing is stored', async () => {
    const toTopic = body({ steps: [{ action: 'topic://nobody' }], payloads: ['{}'] });
    await expect(rig.submit(toTopic)).rejects.toMatchObject({ message: 'topic not found' });
    await expect(rig.read(gid)).rejects.toThrow('no transaction');
  });
});
