import { Admission } from './admission';

const LIMITS = { maxInFlight: 3, reserved: 1, queue: 2, waitMs: 5000 };

describe('admission', () => {
  let admission: Admission;

  beforeEach(() => {
    jest.useFakeTimers();
    admission = new Admission(LIMITS);
  });

  afterEach(() => {
    const left = jest.getTimerCount();
    jest.useRealTimers();
    if (left > 0) throw new Error(`${left} timers were left behind`);
  });

  /** Takes a place, sooner or later. */
  const wait = async (): Promise<void> => admission.enter();

  /** Fills the places that submits may have. */
  function fill(): void {
    expect(admission.enter()).toBeUndefined();
    expect(admission.enter()).toBeUndefined();
  }

  test('lets submits in at once while there is room', () => {
    fill();
    expect(admission.size).toBe(2);
  });

  test('gives a place that becomes free to whoever has waited longest', async () => {
    fill();
    const order: string[] = [];
    const waiting = ['first', 'second'].map(async (name) => {
      await wait();
      order.push(name);
    });
    admission.leave();
    await waiting[0];
    expect(order).toEqual(['first']);
    admission.leave();
    await Promise.all(waiting);
    expect(order).toEqual(['first', 'second']);
    expect(admission.size).toBe(2);
  });

  test('turns away who finds the queue full', async () => {
    fill();
    const waiting = [wait(), wait()];
    expect(() => admission.enter()).toThrow(expect.objectContaining({ code: 'DTX_OVERLOADED' }));
    admission.leave();
    admission.leave();
    await Promise.all(waiting);
  });

  test('turns away who has waited too long, and not a moment earlier; the place stays free', async () => {
    fill();
    const waiting = admission.enter()!;
    const refused = waiting.catch((error: unknown) => error);
    jest.advanceTimersByTime(4999);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await refused).toMatchObject({ code: 'DTX_OVERLOADED' });
    admission.leave();
    expect(admission.size).toBe(1);
  });

  test('keeps some places for recovery, which never waits and takes what is there', () => {
    fill();
    expect(admission.takeFree(10)).toBe(1);
    expect(admission.takeFree(10)).toBe(0);
    admission.leave();
    expect(admission.takeFree(10)).toBe(1);
  });

  test('does not give a reserved place to a submit that waits', async () => {
    fill();
    admission.takeFree(1);
    const waiting = admission.enter()!;
    admission.leave();
    expect(admission.size).toBe(2);
    admission.leave();
    await waiting;
    expect(admission.size).toBe(2);
  });

  test('gives recovery no more than it asks for', () => {
    expect(admission.takeFree(2)).toBe(2);
    expect(admission.size).toBe(2);
  });

  test('refuses everybody once it is closed, those who wait included', async () => {
    fill();
    const waiting = admission.enter()!;
    const refused = waiting.catch((error: unknown) => error);
    admission.close();
    expect(await refused).toMatchObject({ code: 'DTX_SHUTTING_DOWN' });
    expect(() => admission.enter()).toThrow(expect.objectContaining({ code: 'DTX_SHUTTING_DOWN' }));
    expect(admission.takeFree(1)).toBe(0);
    admission.leave();
    expect(admission.size).toBe(1);
  });

  test('tells when all places have been given back', async () => {
    await admission.empty();
    fill();
    let isEmpty = false;
    const empty = admission.empty().then(() => (isEmpty = true));
    admission.leave();
    await Promise.resolve();
    expect(isEmpty).toBe(false);
    admission.leave();
    await empty;
    expect(isEmpty).toBe(true);
  });
});
