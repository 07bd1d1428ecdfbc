import fc from 'fast-check';
import { backedOffMs, baseIntervalMs, jittered } from './retry';
import { DEFAULT_ENGINE_SETTINGS } from './settings';

const SETTINGS = DEFAULT_ENGINE_SETTINGS;

describe('baseIntervalMs (spec 6.2)', () => {
  it.each([
    ['the default', {}, 10_000],
    ["the transaction's own", { retryInterval: 1 }, 1000],
    ['its own, even when it is longer', { retryInterval: 150 }, 150_000],
    ['its own before its timeout', { retryInterval: 5, timeoutToFail: 2 }, 5000],
    ['a timeout shorter than the default', { timeoutToFail: 2 }, 2000],
    ['the default for a timeout as long', { timeoutToFail: 10 }, 10_000],
    ['the default for a longer timeout', { timeoutToFail: 60 }, 10_000],
  ])('is %s', (_, options, milliseconds) => {
    expect(baseIntervalMs(options, SETTINGS)).toBe(milliseconds);
  });
});

describe('backedOffMs', () => {
  it('is twice the interval under which the call was started', () => {
    expect(backedOffMs(10_000, 10_000, SETTINGS)).toBe(20_000);
    expect(backedOffMs(80_000, 10_000, SETTINGS)).toBe(160_000);
  });

  it('is capped (Q10), unless the base itself is longer', () => {
    expect(backedOffMs(800_000, 10_000, SETTINGS)).toBe(900_000);
    expect(backedOffMs(3_600_000, 3_600_000, SETTINGS)).toBe(3_600_000);
  });
});

describe('jittered', () => {
  it('is never earlier than the interval and never more than a tenth of it later', () => {
    const interval = fc.integer({ min: 1, max: 3_600_000 });
    const spread = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), interval, spread, (now, intervalMs, chance) => {
        const at = jittered(now, intervalMs, chance);
        expect(at).toBeGreaterThanOrEqual(now + intervalMs);
        expect(at).toBeLessThanOrEqual(now + intervalMs * 1.1);
        expect(Number.isInteger(at)).toBe(true);
      }),
    );
  });
});
