import { Gate } from '@nestjs-dtx/testing';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CapturedLog } from '../captured-log.spec-helper';
import { SystemClock } from '../clock/clock';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';
import { RetentionScheduler } from './retention.scheduler';
import { RetentionService } from './retention.service';

const SETTINGS = { retentionFinished: 3600, retentionInterval: 60 };

describe('the timer of the retention', () => {
  let store: StoreProbe;
  let timers: SchedulerRegistry;
  let scheduler: RetentionScheduler;
  let log: CapturedLog;

  beforeEach(() => {
    log = CapturedLog.start();
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'nextTick'] });
    store = new StoreProbe(new MemoryStore());
    timers = new SchedulerRegistry();
  });

  afterEach(() => {
    scheduler.stop();
    jest.useRealTimers();
    log.restore();
  });

  /** @param random as it comes from the dice each time */
  function start(random: number, settings: typeof SETTINGS = SETTINGS): void {
    const retention = new RetentionService(store, { clock: new SystemClock(), finishedForMs: 3_600_000 });
    scheduler = new RetentionScheduler(timers, retention, settings, () => random);
    scheduler.onApplicationBootstrap();
  }

  const rounds = (): number => store.operations.filter((operation) => operation === 'purge').length;

  test('begins within an interval and goes on once per interval', async () => {
    start(0.5);
    await jest.advanceTimersByTimeAsync(29_999);
    expect(rounds()).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(rounds()).toBe(1);
    await jest.advanceTimersByTimeAsync(10 * 63_000);
    expect(rounds()).toBe(11);
  });

  test.each([
    [0, 60_000],
    [1, 66_000],
  ])('is late by up to a tenth (dice %d: after %d ms)', async (random, distanceMs) => {
    start(random);
    await jest.advanceTimersByTimeAsync(random * 60_000);
    expect(rounds()).toBe(1);
    await jest.advanceTimersByTimeAsync(distanceMs - 1);
    expect(rounds()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(rounds()).toBe(2);
  });

  test('does not begin a round before the one before has ended', async () => {
    const gate = new Gate();
    store.before = () => gate.pass();
    start(0);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(rounds()).toBe(1);
    gate.open();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(rounds()).toBe(2);
  });

  test('goes on when a round fails', async () => {
    store.before = () => {
      throw new Error('gone');
    };
    start(0);
    await jest.advanceTimersByTimeAsync(180_000);
    expect(rounds()).toBe(4);
  });

  test('does not run when transactions are to be kept for ever', async () => {
    start(0, { ...SETTINGS, retentionFinished: 0 });
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(timers.getTimeouts()).toEqual([]);
    expect(rounds()).toBe(0);
  });

  test('stops for good, also in the middle of a round, and may be stopped twice', async () => {
    const gate = new Gate();
    store.before = () => gate.pass();
    start(0);
    await jest.advanceTimersByTimeAsync(1);
    scheduler.stop();
    scheduler.stop();
    gate.open();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(rounds()).toBe(1);
    expect(timers.getTimeouts()).toEqual([]);
  });
});
