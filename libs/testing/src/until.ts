/** @see until */
export interface UntilOptions {
  /** Milliseconds after which the condition is given up. */
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Waits for a condition by looking again and again, so that a test neither sleeps for a guessed time nor hangs.
 *
 * @param probe returns something truthy when the condition holds
 * @returns what the probe returned
 * @throws Error when the time is up
 */
export async function until<T>(probe: () => T | Promise<T>, options: UntilOptions = {}): Promise<NonNullable<T>> {
  const { timeoutMs = 30_000, intervalMs = 10 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > deadline)
      throw new Error(`the condition did not hold within ${timeoutMs} ms: ${String(probe)}`);
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
