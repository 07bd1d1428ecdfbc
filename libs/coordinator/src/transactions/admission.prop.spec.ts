import fc from 'fast-check';
import { Admission } from './admission';

const WAIT_MS = 100;

/** What happens to an admission, one after the other. */
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant('submit' as const) },
    { weight: 3, arbitrary: fc.constant('leave' as const) },
    { weight: 1, arbitrary: fc.constant('recover' as const) },
    { weight: 1, arbitrary: fc.constant('wait' as const) },
  ),
  { maxLength: 80 },
);

const limits = fc.record({
  maxInFlight: fc.integer({ min: 1, max: 6 }),
  reserved: fc.integer({ min: 0, max: 2 }),
  queue: fc.integer({ min: 0, max: 4 }),
});

/** Who came in which order, and what became of them. */
class Crowd {
  admitted: number[] = [];
  refused: number[] = [];
  private count = 0;

  constructor(private readonly admission: Admission) {}

  submit(): void {
    const id = (this.count += 1);
    try {
      const place = this.admission.enter();
      if (place === undefined) this.admitted.push(id);
      else place.then(() => this.admitted.push(id)).catch(() => this.refused.push(id));
    } catch {
      this.refused.push(id);
    }
  }

  get pending(): number {
    return this.count - this.admitted.length - this.refused.length;
  }
}

describe('admission under any order of events', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('never exceeds its bounds, is first come first served, and loses no place', async () => {
    await fc.assert(
      fc.asyncProperty(limits, steps, async ({ maxInFlight, reserved: wanted, queue }, events) => {
        const reserved = Math.min(wanted, maxInFlight - 1);
        const admission = new Admission({ maxInFlight, reserved, queue, waitMs: WAIT_MS });
        const crowd = new Crowd(admission);
        let left = 0;
        let recovered = 0;
        for (const event of events) {
          if (event === 'submit') crowd.submit();
          if (event === 'recover') recovered += admission.takeFree(2);
          if (event === 'wait') jest.advanceTimersByTime(WAIT_MS / 2);
          if (event === 'leave' && admission.size > 0) {
            admission.leave();
            left += 1;
          }
          await Promise.resolve();
          await Promise.resolve();
          expect(admission.size).toBeLessThanOrEqual(maxInFlight);
          expect(admission.size).toBe(crowd.admitted.length + recovered - left);
          expect(crowd.pending).toBeLessThanOrEqual(queue);
        }
        expect(crowd.admitted).toEqual(crowd.admitted.toSorted((a, b) => a - b));
        jest.advanceTimersByTime(WAIT_MS);
        while (admission.size > 0) admission.leave();
        expect(admission.takeFree(maxInFlight + 1)).toBe(maxInFlight);
        expect(jest.getTimerCount()).toBe(0);
      }),
    );
  });
});
