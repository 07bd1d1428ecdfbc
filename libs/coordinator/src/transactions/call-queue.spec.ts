import { SUCCESS } from '@nestjs-dtx/protocol';
import { CallQueue, type Returned } from './call-queue';

const RETURNED: Returned = {
  call: { branchId: '01', op: 'action', url: '', payload: new Uint8Array(0) },
  result: { kind: 'answered', outcome: SUCCESS },
  tookMs: 1,
};

describe('the queue of calls that have come back', () => {
  let queue: CallQueue;
  let woken: boolean;

  beforeEach(() => {
    jest.useFakeTimers();
    queue = new CallQueue();
    woken = false;
  });

  afterEach(() => {
    const left = jest.getTimerCount();
    jest.useRealTimers();
    if (left > 0) throw new Error(`${left} timers were left behind`);
  });

  function wait(timeoutMs?: number): Promise<void> {
    return queue.wait(timeoutMs).then(() => {
      woken = true;
    });
  }

  test('wakes its run when a call comes back, and hands the calls out in order', async () => {
    const waiting = wait(1000);
    const later = { ...RETURNED, tookMs: 2 };
    queue.push(RETURNED);
    queue.push(later);
    await waiting;
    expect([queue.poll(), queue.poll(), queue.poll()]).toEqual([RETURNED, later, undefined]);
  });

  test('does not wait when something is here already', async () => {
    queue.push(RETURNED);
    await wait();
    expect(woken).toBe(true);
  });

  test('wakes its run at the time, even if that has passed', async () => {
    const waiting = wait(1000);
    await jest.advanceTimersByTimeAsync(999);
    expect(woken).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await waiting;
    const passed = wait(-5);
    await jest.advanceTimersByTimeAsync(1);
    await passed;
  });

  test('waits on for a time that no timer can hold', async () => {
    const waiting = wait(2 ** 40);
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(woken).toBe(false);
    queue.push(RETURNED);
    await waiting;
  });

  test('can be interrupted', async () => {
    const waiting = wait();
    queue.interrupt();
    await waiting;
    expect(queue.poll()).toBeUndefined();
  });
});
