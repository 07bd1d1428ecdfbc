import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { SystemClock } from '../clock/clock';
import { CoordinatorRig, sagaBody, type RigOptions } from '../coordinator-rig.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';

describe('the next visit of a transaction that could not be finished', () => {
  let service: ScriptedService;
  let log: CapturedLog;
  let rig: CoordinatorRig;
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

  /** Ends the rig of the test and makes one with other options. */
  function use(options: RigOptions): void {
    rig = CoordinatorRig.create(options);
  }

  async function submitAndRest(target: CoordinatorRig, body: object): Promise<void> {
    await target.submit(body);
    await target.idle();
  }

  test('is twice the interval after an error, never earlier and at most a tenth and a millisecond later', async () => {
    service.script = () => ANSWERS.error;
    const gids = Array.from({ length: 50 }, () => newGid());
    await Promise.all(gids.map((each) => submitAndRest(rig, sagaBody(service, each, { retry_interval: 7 }))));
    const dues = await Promise.all(gids.map(async (each) => (await rig.dueInMs(each))!));
    expect(Math.min(...dues)).toBeGreaterThanOrEqual(14_000);
    expect(Math.max(...dues)).toBeLessThanOrEqual(15_401);
    expect(new Set(dues).size).toBeGreaterThan(10);
  });

  test('doubles with every error up to the cap, and starts anew after progress', async () => {
    service.script = () => ANSWERS.error;
    await submitAndRest(rig, sagaBody(service, gid));
    for (const [errors, seconds] of [20, 40, 80, 160, 320, 640, 900, 900].entries()) {
      const due = (await rig.dueInMs(gid))!;
      expect(due).toBeGreaterThanOrEqual(seconds * 1000);
      expect(due).toBeLessThanOrEqual(seconds * 1100 + 1);
      expect((await rig.read(gid)).transaction.attempts).toBe(errors + 1);
      rig.clock.advance(due);
      expect(await rig.scan()).toBe(1);
      await rig.idle();
    }

    service.script = ({ path }) => (path === '/out' ? ANSWERS.success : ANSWERS.error);
    rig.clock.advance((await rig.dueInMs(gid))!);
    await rig.scan();
    await rig.idle();
    expect(await rig.state(gid)).toBe('submitted P S P P');
    expect((await rig.dueInMs(gid))!).toBeLessThanOrEqual(22_001);
    expect((await rig.read(gid)).transaction.attempts).toBe(1);
  });

  test('is one interval after ONGOING, however often', async () => {
    service.script = () => ANSWERS.ongoing;
    await submitAndRest(rig, sagaBody(service, gid, { retry_interval: 7 }));
    for (let visit = 0; visit < 3; visit += 1) {
      expect(await rig.dueInMs(gid)).toBe(7000);
      rig.clock.advance(7000);
      await rig.scan();
      await rig.idle();
    }
    expect(service.notation).toEqual(Array(4).fill('out[01 action]'));
  });

  test('is not claimed a moment too early', async () => {
    service.script = () => ANSWERS.ongoing;
    await submitAndRest(rig, sagaBody(service, gid));
    rig.clock.advance(9999);
    expect(await rig.scan()).toBe(0);
    rig.clock.advance(1);
    expect(await rig.scan()).toBe(1);
    await rig.idle();
  });

  test('comes at its time without a scan, for each of several transactions', async () => {
    const clock = new SystemClock();
    use({ clock, store: new MemoryStore() });
    let open = true;
    service.script = () => (open ? ANSWERS.ongoing : ANSWERS.success);
    const gids = [newGid(), newGid(), newGid()];
    // A little apart, so that one wake-up cannot serve them all. No scan is scheduled in this rig.
    for (const each of gids) {
      await submitAndRest(rig, sagaBody(service, each, { retry_interval: 1 }));
      const at = clock.monotonicMs();
      await until(() => clock.monotonicMs() > at + 50);
    }
    open = false;
    for (const each of gids) await until(async () => (await rig.state(each)) === 'succeed P S P S');
    expect(service.notation.filter((call) => call === 'in[02 action]')).toHaveLength(3);
  });

  test('comes soon, and spread, when the destination is full; no call is made and no error is counted', async () => {
    use({ settings: { destinationConcurrency: 1, destinationQueue: 0 } });
    let release = (): void => {};
    service.script = () => new Promise((resolve) => (release = () => resolve(ANSWERS.success)));
    await rig.submit(sagaBody(service, newGid()));
    await service.received(1);
    const parked = Array.from({ length: 10 }, () => newGid());
    await Promise.all(parked.map((each) => rig.submit(sagaBody(service, each))));
    await until(() => rig.parts.admission.size === 1);

    const dues = await Promise.all(parked.map(async (each) => (await rig.dueInMs(each))!));
    expect(Math.min(...dues)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...dues)).toBeLessThanOrEqual(2001);
    expect(new Set(dues).size).toBeGreaterThan(5);
    const { transaction } = await rig.read(parked[0]!);
    expect(transaction).toMatchObject({
      attempts: 0,
      owner: '',
      lastError: expect.stringContaining('is busy: 1 calls'),
    });
    expect(service.calls).toHaveLength(1);
    service.script = () => ANSWERS.success;
    release();
    await rig.idle();
  });

  test('is parked without a call while the breaker of its destination is open', async () => {
    use({ settings: { breakerThreshold: 2 } });
    await service.stop();
    const failed = [newGid(), newGid()];
    for (const each of failed) await submitAndRest(rig, sagaBody(service, each));
    await submitAndRest(rig, sagaBody(service, gid));
    const { transaction } = await rig.read(gid);
    expect(transaction.attempts).toBe(0);
    expect(transaction.lastError).toBe(`${service.url} has not answered 2 calls in a row`);
    expect(await rig.dueInMs(gid)).toBeGreaterThanOrEqual(1000);
    expect(await rig.dueInMs(gid)).toBeLessThanOrEqual(2001);
    expect(log.of('warn')).toHaveLength(2);
  });

  test('stays away for a compensation that refuses, which is an incident and changes no status', async () => {
    service.script = ({ path }) => (path === '/in' || path === '/in-undo' ? ANSWERS.failure : ANSWERS.success);
    await submitAndRest(rig, sagaBody(service, gid));
    expect(await rig.state(gid)).toBe('aborting P S P F');
    expect(log.of('error')).toEqual([
      expect.stringMatching(`gid=${gid} branch=02 op=compensate attempt=1 took=\\d+ms.*compensate must not refuse`),
    ]);
    service.script = () => ANSWERS.success;
    rig.clock.advance((await rig.dueInMs(gid))!);
    await rig.scan();
    await rig.idle();
    expect(await rig.state(gid)).toBe('failed S S S F');
  });

  test('is told in one short line, whatever the service answered', async () => {
    service.script = () => ({ status: 500, body: `line one\ninfo forged line\r\n${'x'.repeat(100_000)}` });
    await submitAndRest(rig, sagaBody(service, gid));
    const [line = ''] = log.of('warn');
    expect(line).toMatch(`gid=${gid} branch=01 op=action attempt=1 took=`);
    expect(line).toContain('failed and will be retried: status 500: line one info forged line xxx');
    expect(line).not.toMatch(/[\r\n]/);
    expect(line.length).toBeLessThan(1000);
  });

  test('names the call that was decided by a bare word of its answer', async () => {
    service.script = () => ({ status: 200, body: 'FAILURE: no funds' });
    await submitAndRest(rig, sagaBody(service, gid, { retry_interval: 1 }));
    expect(await rig.read(gid)).toMatchObject({ transaction: { status: 'aborting' } });
    expect(log.of('warn')[0]).toMatch(
      /taken for failure only because its body mentions the word.*OUTCOME_SUBSTRING=off/,
    );
  });

  test('keeps a timeout and a request timeout far beyond what a timer can hold', async () => {
    const far = 2_147_483_647;
    service.script = () => new Promise((resolve) => setTimeout(() => resolve(ANSWERS.success), 100));
    const body = sagaBody(service, gid, { timeout_to_fail: far, request_timeout: far, wait_result: true });
    expect(await rig.submit(body)).toEqual({ result: 'success' });
    expect(log.lines).toEqual([]);
  });
});
