import { Gate } from '@nestjs-dtx/testing';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig } from '../coordinator-rig.spec-helper';
import { DEFAULT_SETTINGS } from '../coordinator.settings';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe, type StoreOperation } from '../stores/store-probe.spec-helper';
import { RecoveryScheduler } from './recovery.scheduler';

const SETTINGS = { ...DEFAULT_SETTINGS, transCronInterval: 2, leaseSeconds: 9, configUpdateInterval: 5 };

describe('the timers of a coordinator', () => {
  let store: StoreProbe;
  let rig: CoordinatorRig;
  let timers: SchedulerRegistry;
  let scheduler: RecoveryScheduler;
  let log: CapturedLog;

  beforeEach(async () => {
    log = CapturedLog.start();
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'nextTick'] });
    store = new StoreProbe(new MemoryStore());
    rig = CoordinatorRig.create({ store });
    timers = new SchedulerRegistry();
    scheduler = new RecoveryScheduler(timers, rig.parts, SETTINGS);
    await scheduler.onApplicationBootstrap();
    await rig.scan();
    store.operations.length = 0;
  });

  afterEach(() => {
    for (const name of timers.getIntervals()) timers.deleteInterval(name);
    jest.useRealTimers();
    log.restore();
  });

  const count = (operation: StoreOperation): number => store.operations.filter((each) => each === operation).length;

  test('scan and refresh at their intervals, and renew at a third of the lease', async () => {
    const renewals = jest.spyOn(rig.parts.keeper, 'renewAll');
    await jest.advanceTimersByTimeAsync(30_000);
    expect(count('claim')).toBe(15);
    expect(count('kvScan')).toBe(6);
    expect(renewals).toHaveBeenCalledTimes(10);
  });

  test('do not scan before they may, and not at all if they are stopped first', async () => {
    scheduler.stopScans();
    for (const name of timers.getIntervals()) timers.deleteInterval(name);
    const serving = new Gate();
    const late = new RecoveryScheduler(timers, rig.parts, SETTINGS, serving.pass());
    await late.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(4000);
    expect(count('claim')).toBe(0);
    serving.open();
    await jest.advanceTimersByTimeAsync(4000);
    expect(count('claim')).toBe(3);

    late.stopScans();
    for (const name of timers.getIntervals()) timers.deleteInterval(name);
    const never = new Gate();
    const stopped = new RecoveryScheduler(timers, rig.parts, SETTINGS, never.pass());
    await stopped.onApplicationBootstrap();
    stopped.stopScans();
    never.open();
    await jest.advanceTimersByTimeAsync(4000);
    expect(count('claim')).toBe(3);
  });

  test('go on renewing leases after the scans have been stopped, which may happen twice', async () => {
    const renewals = jest.spyOn(rig.parts.keeper, 'renewAll');
    scheduler.stopScans();
    scheduler.stopScans();
    await jest.advanceTimersByTimeAsync(9000);
    expect(store.operations).toEqual([]);
    expect(renewals).toHaveBeenCalledTimes(3);
  });

  test('survive a store that fails, with one line when it begins', async () => {
    store.before = (operation) => {
      if (operation === 'kvScan') throw new Error('gone');
    };
    await jest.advanceTimersByTimeAsync(20_000);
    store.before = () => {};
    await jest.advanceTimersByTimeAsync(5000);
    expect(log.of('error')).toEqual(['error the service registry cannot be read: Error: gone']);
  });
});
