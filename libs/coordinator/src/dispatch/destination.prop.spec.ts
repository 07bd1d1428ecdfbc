import fc from 'fast-check';
import { ManualClock } from '@nestjs-dtx/testing';
import { Destination } from './destination';

const limits = fc.record({
  concurrency: fc.integer({ min: 1, max: 4 }),
  queue: fc.integer({ min: 0, max: 3 }),
  breakerThreshold: fc.integer({ min: 1, max: 4 }),
  breakerOpenMaxMs: fc.constant(4000),
});

const events = fc.array(fc.constantFrom('call', 'answer', 'silence', 'time'), { maxLength: 60 });

describe('a destination under any order of events', () => {
  test('never has more calls out than allowed, loses no place, and opens to a probe sooner or later', async () => {
    await fc.assert(
      fc.asyncProperty(limits, events, async (limit, sequence) => {
        const clock = new ManualClock();
        const destination = new Destination('http://bank', limit, clock);
        let out = 0;
        const enter = (): void => {
          void Promise.resolve(destination.enter()).then((refused) => (refused ? undefined : (out += 1)));
        };
        const leave = (answered: boolean): void => {
          out -= 1;
          destination.leave(answered);
        };
        for (const event of sequence) {
          if (event === 'call') enter();
          if (event === 'answer' && out > 0) leave(true);
          if (event === 'silence' && out > 0) leave(false);
          if (event === 'time') clock.advance(1000);
          for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
          expect(out).toBeLessThanOrEqual(limit.concurrency);
        }
        while (out > 0) {
          leave(false);
          for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
        }
        expect(destination.isIdle).toBe(true);
        clock.advance(4000);
        expect(destination.enter()).toBeUndefined();
      }),
    );
  });
});
