import { ManualClock } from '@nestjs-dtx/testing';
import { WakeUp } from './wake-up';

describe('the wake-up', () => {
  let clock: ManualClock;
  let wakeUp: WakeUp;
  let wokenAt: number[];

  beforeEach(() => {
    jest.useFakeTimers();
    clock = new ManualClock();
    wokenAt = [];
    wakeUp = new WakeUp(clock, () => wokenAt.push(clock.monotonicMs()));
  });

  afterEach(() => jest.useRealTimers());

  function advance(milliseconds: number): void {
    for (let passed = 0; passed < milliseconds; passed += 1) {
      clock.advance(1);
      jest.advanceTimersByTime(1);
    }
  }

  test('comes after every instant that was named, never before it and at most a moment later', () => {
    const delays = [100, 700, 350, 1500, 20];
    for (const delay of delays) wakeUp.after(delay);
    advance(3000);
    expect(wokenAt).toHaveLength(delays.length);
    for (const [index, delay] of delays.toSorted((a, b) => a - b).entries()) {
      expect(wokenAt[index]).toBeGreaterThan(delay);
      expect(wokenAt[index]).toBeLessThanOrEqual(delay + 30);
    }
  });

  test('is shared by instants that lie close together', () => {
    for (let index = 0; index < 10_000; index += 1) wakeUp.after((index % 1000) + Math.random());
    expect(jest.getTimerCount()).toBeLessThanOrEqual(42);
    advance(1100);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('comes at once for what is due now', () => {
    wakeUp.after(0);
    advance(26);
    expect(wokenAt).toHaveLength(1);
  });

  test('leaves the far future to the scans', () => {
    wakeUp.after(900_000);
    wakeUp.after(2 ** 40);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('can be named again after it came', () => {
    wakeUp.after(50);
    advance(100);
    wakeUp.after(50);
    advance(100);
    expect(wokenAt).toHaveLength(2);
  });

  test('never comes after it was stopped', () => {
    wakeUp.after(50);
    wakeUp.stop();
    wakeUp.after(10);
    advance(200);
    expect(wokenAt).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
