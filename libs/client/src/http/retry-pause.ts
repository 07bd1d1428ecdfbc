const FIRST_MS = 100;
const MOST_MS = 2000;

/** @returns how long to wait before the next try: doubling from 100 ms to 2 s, half of it random, so that clients spread. */
export function backOffMs(tries: number): number {
  const full = Math.min(FIRST_MS * 2 ** tries, MOST_MS);
  return full / 2 + (Math.random() * full) / 2;
}

/** @returns milliseconds that a `retry-after` header asks for, as seconds or as a date; undefined if it says nothing. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0);
}
