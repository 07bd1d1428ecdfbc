import { InvalidRequestError } from '@nestjs-dtx/protocol';

const FIELD = 'custom_data';
/** Ten years: more is a mistake in the unit. Seconds. */
const MAX_DELAY = 10 * 365 * 24 * 3600;

/**
 * Reads the delay of a message from its custom data, `{"delay":<seconds>}` (spec 2.2).
 *
 * @returns milliseconds, 0 for none
 * @throws InvalidRequestError when it is no such JSON
 */
export function delayMs(customData: string): number {
  if (customData === '') return 0;
  let parsed: unknown;
  try {
    parsed = JSON.parse(customData);
  } catch (cause) {
    throw new InvalidRequestError(FIELD, 'must be JSON text', { cause });
  }
  if (parsed === null || typeof parsed !== 'object') return 0;
  const { delay } = parsed as { delay?: unknown };
  if (delay === undefined || delay === null) return 0;
  if (typeof delay !== 'number' || !(delay >= 0) || delay > MAX_DELAY) {
    throw new InvalidRequestError(FIELD, `must have seconds from 0 to ${MAX_DELAY} as delay`);
  }
  return Math.ceil(delay * 1000);
}
