import { ManualClock } from '@nestjs-dtx/testing';
import { Destination, type Refused } from './destination';

const LIMITS = { concurrency: 2, queue: 2, breakerThreshold: 3, breakerOpenMaxMs: 5000 };

describe('a destination', () => {
  let clock: ManualClock;
  let destination: Destination;

  beforeEach(() => {
    clock = new ManualClock();
    destination = new Destination('http://bank', LIMITS, clock);
  });

  /** Takes a place, sooner or later. */
  const enter = async (): Promise<Refused | undefined> => destination.enter();

  /** One call from its start to its end. @returns what refused it, if it was */
  async function call(answered: boolean): Promise<Refused | undefined> {
    const refused = await enter();
    if (!refused) destination.leave(answered);
    return refused;
  }

  async function fail(times: number): Promise<void> {
    for (let count = 0; count < times; count += 1) await call(false);
  }

  describe('with a limit on calls', () => {
    test('makes the next ones wait, in order, and refuses those beyond', async () => {
      expect(destination.enter()).toBeUndefined();
      expect(destination.enter()).toBeUndefined();
      const order: number[] = [];
      const waiting = [1, 2].map(async (id) => {
        await enter();
        order.push(id);
      });
      expect(destination.enter()).toEqual({ delayMs: 1000, reason: 'http://bank is busy: 2 calls are in flight' });
      destination.leave(true);
      await waiting[0];
      expect(order).toEqual([1]);
      destination.leave(true);
      await waiting[1];
      expect(order).toEqual([1, 2]);
    });

    test('is idle only when nobody calls or waits', async () => {
      expect(destination.isIdle).toBe(true);
      void enter();
      void enter();
      const waiting = enter();
      destination.leave(true);
      await waiting;
      destination.leave(true);
      expect(destination.isIdle).toBe(false);
      destination.leave(true);
      expect(destination.isIdle).toBe(true);
    });
  });

  describe('that does not answer', () => {
    test('is called until the threshold, and then refuses for a second', async () => {
      await fail(3);
      const reason = 'http://bank has not answered 3 calls in a row';
      expect(await call(true)).toEqual({ delayMs: 1000, reason });
      clock.advance(999);
      expect(await call(true)).toEqual({ delayMs: 1000, reason });
      clock.advance(1);
      expect(await call(true)).toBeUndefined();
    });

    test('is not given up as long as it answers now and then, with whatever status', async () => {
      for (let round = 0; round < 5; round += 1) {
        await fail(2);
        expect(await call(true)).toBeUndefined();
      }
    });

    test('is asked by one probe at a time', async () => {
      await fail(3);
      clock.advance(1000);
      expect(destination.enter()).toBeUndefined();
      expect(destination.enter()).toMatchObject({ delayMs: 1000 });
      destination.leave(true);
      expect(destination.enter()).toBeUndefined();
      expect(destination.enter()).toBeUndefined();
    });

    test('is left alone twice as long after every probe that fails, up to the limit', async () => {
      await fail(3);
      for (const openMs of [1000, 2000, 4000, 5000, 5000]) {
        expect(await call(false)).toMatchObject({ delayMs: openMs });
        clock.advance(openMs);
        expect(await call(false)).toBeUndefined();
      }
    });

    test('starts with short pauses again once it has answered', async () => {
      await fail(3);
      clock.advance(1000);
      await call(false);
      clock.advance(2000);
      expect(await call(true)).toBeUndefined();
      await fail(3);
      expect(await call(false)).toMatchObject({ delayMs: 1000 });
    });

    test('is not left alone longer for calls that were out already', async () => {
      void enter();
      void enter();
      const rest = [enter(), enter()];
      for (let count = 0; count < 4; count += 1) {
        destination.leave(false);
        await Promise.resolve();
      }
      await Promise.all(rest);
      clock.advance(1000);
      expect(await call(true)).toBeUndefined();
    });

    test('turns away who was waiting when the breaker opened', async () => {
      await fail(1);
      void enter();
      void enter();
      const waiting = [enter(), enter()];
      destination.leave(false);
      destination.leave(false);
      const [first, second] = await Promise.all(waiting);
      // The first had the place before the breaker opened, the second had not.
      expect(first).toBeUndefined();
      expect(second).toMatchObject({ reason: 'http://bank has not answered 3 calls in a row' });
      destination.leave(false);
      expect(destination.isIdle).toBe(true);
    });
  });
});
