import { ANSWERS, Gate, ManualClock, ScriptedService, until } from '@nestjs-dtx/testing';
import { newGid } from '@nestjs-dtx/protocol';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig, sagaBody } from '../coordinator-rig.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';

/** Longer than any lease. Milliseconds. */
const PAST_LEASE = 11_000;
/** A third of it, when leases are renewed. */
const THIRD = 3334;

describe('the lease of a running transaction', () => {
  let service: ScriptedService;
  let log: CapturedLog;
  let storeClock: ManualClock;
  let first: CoordinatorRig;
  let second: CoordinatorRig;
  let gate: Gate;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    storeClock = new ManualClock();
    const store = new MemoryStore(() => storeClock.now());
    first = CoordinatorRig.create({ store });
    second = CoordinatorRig.create({ store });
    gate = new Gate();
    gid = newGid();
  });

  afterEach(async () => {
    gate.open();
    await Promise.all([first.close(), second.close(), service.stop()]);
    log.restore();
  });

  /** The first call of the action hangs at the gate; all others succeed at once. */
  async function submitUpToFirstCall(more: object = {}): Promise<void> {
    service.script = async () => {
      if (service.calls.length === 1) await gate.pass();
      return ANSWERS.success;
    };
    await first.submit(sagaBody(service, gid, more));
    await service.received(1);
  }

  test('that is taken over during a call makes its outcome stale, and the old holder calls nothing more', async () => {
    await submitUpToFirstCall();
    storeClock.advance(PAST_LEASE);
    expect(await second.scan()).toBe(1);
    await second.idle();
    expect(await second.state(gid)).toBe('succeed P S P S');

    gate.open();
    await first.idle();
    expect(service.notation).toEqual(['out[01 action]', 'out[01 action]', 'in[02 action]']);
    expect(log.of('error')).toEqual([]);
    expect(log.of('debug')).toContainEqual(expect.stringContaining(`gid=${gid} was taken over or stopped`));
  });

  test('that is over by the clock of its holder starts no call although nobody took over, and recovery goes on', async () => {
    await submitUpToFirstCall();
    first.clock.advance(PAST_LEASE);
    gate.open();
    await first.idle();
    // What the holder did is a fact and is recorded; what it would do next it leaves.
    expect(await first.state(gid)).toBe('submitted P S P P');
    expect(service.notation).toEqual(['out[01 action]']);

    expect(await first.scan()).toBe(0);
    storeClock.advance(PAST_LEASE);
    expect(await first.scan()).toBe(1);
    await first.idle();
    expect(await first.state(gid)).toBe('succeed P S P S');
    expect(service.notation).toEqual(['out[01 action]', 'in[02 action]']);
  });

  test('that is over by the clock of its holder starts no retry either, though there is nothing to record', async () => {
    service.script = async () => {
      await gate.pass();
      return ANSWERS.error;
    };
    await first.submit(sagaBody(service, gid, { retry_limit: 5 }));
    await service.received(1);
    first.clock.advance(PAST_LEASE);
    gate.open();
    await first.idle();
    expect(service.notation).toEqual(['out[01 action]']);
    expect(await first.state(gid)).toBe('submitted P P P P');
  });

  test('is renewed at a third, which keeps a call longer than the lease alone', async () => {
    await submitUpToFirstCall();
    for (let third = 0; third < 6; third += 1) {
      storeClock.advance(THIRD);
      first.clock.advance(THIRD);
      await first.parts.keeper.renewAll();
      expect(await second.scan()).toBe(0);
    }
    gate.open();
    await first.idle();
    expect(await first.state(gid)).toBe('succeed P S P S');
    expect(service.notation).toEqual(['out[01 action]', 'in[02 action]']);
  });

  test('that a renewal finds lost ends the run at its next decision', async () => {
    await submitUpToFirstCall();
    storeClock.advance(PAST_LEASE);
    await second.scan();
    await second.idle();
    await first.parts.keeper.renewAll();
    gate.open();
    await first.idle();
    expect(service.notation).toEqual(['out[01 action]', 'out[01 action]', 'in[02 action]']);
  });

  test('that the same coordinator takes anew leaves one run, which is renewed and drained', async () => {
    await submitUpToFirstCall();
    const again = new Gate();
    service.script = async () => {
      if (service.calls.length === 2) await again.pass();
      return ANSWERS.success;
    };
    storeClock.advance(PAST_LEASE);
    expect(await first.scan()).toBe(1);
    await service.received(2);

    // What is wrong with the older lease is not wrong with the newer one.
    await first.parts.keeper.renewAll();
    // The older run ends while the newer one is at work, and takes nothing of it along.
    gate.open();
    await until(() => first.parts.admission.size === 1);
    expect(first.parts.runner.running(gid)).toBeDefined();
    storeClock.advance(THIRD);
    await first.parts.keeper.renewAll();
    again.open();
    await first.idle();
    expect(await first.state(gid)).toBe('succeed P S P S');
    expect(service.notation).toEqual(['out[01 action]', 'out[01 action]', 'in[02 action]']);
    expect(first.parts.runner.size).toBe(0);
  });

  test('is not renewed once its run has ended', async () => {
    await first.submit(sagaBody(service, gid, { wait_result: true }));
    await first.idle();
    const before = await first.read(gid);
    storeClock.advance(THIRD);
    await first.parts.keeper.renewAll();
    expect(await first.read(gid)).toEqual(before);
  });

  test('ends when an operator stops the transaction: what is in flight changes nothing and nothing follows', async () => {
    await submitUpToFirstCall();
    await second.parts.transactions.forceStop(gid);
    gate.open();
    await first.idle();
    expect(await first.state(gid)).toBe('failed P P P P');
    expect(service.notation).toEqual(['out[01 action]']);
  });

  test('lost on the last step leaves a waiting client with what is stored, and not with what the run believed', async () => {
    service.script = async ({ path }) => {
      if (path === '/in') await gate.pass();
      return ANSWERS.success;
    };
    const waiting = first.submit(sagaBody(service, gid, { wait_result: true }));
    await service.received(2);
    await second.parts.transactions.forceStop(gid);
    gate.open();
    expect(await waiting).toEqual({ result: 'failure', message: 'wait result not return success: FAILURE' });
    expect(await first.state(gid)).toBe('failed P S P P');
  });
});
