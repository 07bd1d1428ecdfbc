import { newGid } from '@nestjs-dtx/protocol';
import { ANSWERS, Gate, ManualClock, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig, sagaBody } from '../coordinator-rig.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';

/** Longer than any test: a drain that takes it has failed. Milliseconds. */
const PATIENCE = 60_000;

describe('a runner that is drained', () => {
  let service: ScriptedService;
  let log: CapturedLog;
  let store: StoreProbe;
  let rig: CoordinatorRig;
  let next: CoordinatorRig;
  let gate: Gate;
  let gid: string;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    const clock = new ManualClock();
    store = new StoreProbe(new MemoryStore(() => clock.now()));
    rig = CoordinatorRig.create({ store, settings: { maxInFlight: 1 } });
    next = CoordinatorRig.create({ store });
    gate = new Gate();
    gid = newGid();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
  });

  afterEach(async () => {
    gate.open();
    await Promise.all([rig.close(), next.close(), service.stop()]);
    log.restore();
  });

  function drain(timeoutMs = PATIENCE): Promise<number> {
    rig.parts.admission.close();
    return rig.parts.runner.drain(timeoutMs);
  }

  test('waits for the call in flight, records it, starts nothing more, and gives the lease back', async () => {
    await rig.submit(sagaBody(service, gid));
    await service.received(1);
    const drained = drain();
    gate.open();
    expect(await drained).toBe(0);
    expect(service.notation).toEqual(['out[01 action]']);
    const { transaction } = await rig.read(gid);
    expect(transaction).toMatchObject({ owner: '', leaseUntil: null });

    // The next coordinator goes on at once: no clock has moved.
    expect(await next.scan()).toBe(1);
    await next.idle();
    expect(await next.state(gid)).toBe('succeed P S P S');
    expect(service.notation).toEqual(['out[01 action]', 'in[02 action]']);
  });

  test('lets a transaction end whose last call comes home', async () => {
    service.script = async ({ path }) => {
      if (path === '/in') await gate.pass();
      return ANSWERS.success;
    };
    const waiting = rig.submit(sagaBody(service, gid, { wait_result: true }));
    await service.received(2);
    const drained = drain();
    gate.open();
    expect(await drained).toBe(0);
    expect(await waiting).toEqual({ result: 'success' });
  });

  test('tells a waiting client that its transaction is not finished', async () => {
    const waiting = rig.submit(sagaBody(service, gid, { wait_result: true }));
    await service.received(1);
    const drained = drain();
    gate.open();
    await drained;
    expect(await waiting).toEqual({ result: 'failure', message: 'wait result not return success: FAILURE' });
  });

  test('does not wait for ever: a call that hangs is left behind and counts as nothing', async () => {
    await rig.submit(sagaBody(service, gid));
    await service.received(1);
    expect(await drain(20)).toBe(1);
    await rig.idle();
    await rig.parts.transport.close();
    expect(await rig.state(gid)).toBe('submitted P P P P');
    const { transaction } = await rig.read(gid);
    // Cut off by ourselves: no error of the service, and due when the lease ends, not after a back-off.
    expect(transaction).toMatchObject({ attempts: 0, lastError: '', nextCronTime: transaction.leaseUntil });
    expect(log.of('warn')).toEqual([]);
  });

  test('turns away who waits for a place, instead of starting it when one becomes free', async () => {
    const late = newGid();
    await rig.submit(sagaBody(service, gid));
    const waiting = rig.submit(sagaBody(service, late));
    const refused = waiting.catch((error: unknown) => error);
    const drained = drain();
    expect(await refused).toMatchObject({ code: 'DTX_SHUTTING_DOWN' });
    gate.open();
    expect(await drained).toBe(0);
    expect(await store.find(late)).toBeUndefined();
    await expect(rig.submit(sagaBody(service, late))).rejects.toMatchObject({ code: 'DTX_SHUTTING_DOWN' });
  });

  test('hands over what was still being accepted when the drain began', async () => {
    const commit = new Gate();
    store.before = (operation) => (operation === 'insert' ? commit.pass() : undefined);
    const accepted = rig.submit(sagaBody(service, gid));
    await until(() => store.operations.includes('insert'));
    const drained = drain();
    commit.open();
    await accepted;
    expect(await drained).toBe(0);
    expect(service.calls).toEqual([]);
    expect(await next.dueInMs(gid)).toBe(0);
    gate.open();
    await next.scan();
    await next.idle();
    expect(await next.state(gid)).toBe('succeed P S P S');
  });

  test('is done at once when nothing runs', async () => {
    expect(await drain()).toBe(0);
  });
});
