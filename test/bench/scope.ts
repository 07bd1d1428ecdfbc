import { Cleanup } from '../support/cleanup';

/** Gives a part of the work a clean-up of its own, which runs at its end, or with the outer one when that comes first. */
export async function scoped<T>(outer: Cleanup, work: (inner: Cleanup) => Promise<T>): Promise<T> {
  const inner = new Cleanup();
  outer.add(() => inner.run());
  try {
    return await work(inner);
  } finally {
    await inner.run();
  }
}
