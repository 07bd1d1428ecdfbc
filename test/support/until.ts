/** How long and how often {@link until} looks. Milliseconds. */
export interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/**
 * Polls until the probe gives something other than `undefined` or `false`. The only way in which tests wait: it ends as
 * soon as the condition holds, and a condition that never does fails with its name instead of a vague timeout.
 *
 * @param what the condition in words, for the error
 * @throws Error after `withinMs` (30 s), with what the probe threw last as its cause
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  { withinMs = 30_000, everyMs = 15 }: Patience = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = Date.now() + withinMs;
  let problem: unknown;
  do {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>;
      problem = undefined;
    } catch (error) {
      problem = error;
    }
    await pause(everyMs);
  } while (Date.now() < deadline);
  throw new Error(`waited ${withinMs} ms in vain until ${what}`, { cause: problem });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
