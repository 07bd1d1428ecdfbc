import type { Instant } from '@nestjs-dtx/engine';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** What a zone's clocks were ahead of UTC, as a function of the local time that they showed. */
export interface LocalOffsets {
  /** Before the first change. Seconds. */
  readonly initialSeconds: number;
  /** Oldest first. `from` is local time, `YYYY-MM-DD hh:mm:ss`. */
  readonly changes: readonly { readonly from: string; readonly seconds: number }[];
}

const DAY_MS = 24 * 3600 * 1000;
const FIXED_OFFSET = /^([+-])(\d{1,2})(?::?(\d{2}))?$/;
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+\-/]*$/;

/**
 * Makes of a time zone a function of local time. An hour that clocks show twice, as they are set back, counts as its
 * first pass; one that they skip is read with the offset from before: both as calendars do it, and both are the only
 * choice that keeps the order of local times.
 *
 * @param zone a name as `Europe/Berlin`, or an offset as `+08:00` or `+8`
 * @param from changes before it are not looked for
 * @param to changes after it neither
 * @throws DtxError `DTX_INVALID_CONFIG` for a zone that does not exist
 */
export function localOffsets(zone: string, from: Instant, to: Instant): LocalOffsets {
  const fixed = fixedSeconds(zone);
  if (fixed !== undefined) return { initialSeconds: fixed, changes: [] };
  const offsetAt = offsetsOf(zone);
  const changes: { from: string; seconds: number }[] = [];
  for (let day = from; day < to; day += DAY_MS) {
    const [before, after] = [offsetAt(day), offsetAt(day + DAY_MS)];
    if (before === after) continue;
    const change = firstSecond(day, day + DAY_MS, (instant) => offsetAt(instant) !== before);
    // Local times below are either from before the change or, in a skipped hour, read as such.
    changes.push({ from: localText(change + Math.max(before, after) * 1000), seconds: after });
  }
  return { initialSeconds: offsetAt(from), changes };
}

function fixedSeconds(zone: string): number | undefined {
  const [, sign, hours, minutes = '0'] = FIXED_OFFSET.exec(zone) ?? [];
  if (hours === undefined) return undefined;
  if (Number(hours) > 14 || Number(minutes) > 59) throw unknownZone(zone);
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** @returns the zone's offset at an instant, in seconds. */
function offsetsOf(zone: string): (instant: Instant) => number {
  const format = formatOf(zone);
  return (instant) => {
    const shown = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day, hour, minute, second } = shown;
    return (Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000) / 1000;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  if (!ZONE_NAME.test(timeZone)) throw unknownZone(timeZone);
  const numeric = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch (cause) {
    throw unknownZone(timeZone, cause);
  }
}

/** Bisects to the first full second between two instants at which the condition holds. */
function firstSecond(from: Instant, to: Instant, holds: (instant: Instant) => boolean): Instant {
  let [low, high] = [Math.floor(from / 1000), Math.floor(to / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle * 1000)) high = middle;
    else low = middle;
  }
  return high * 1000;
}

const localText = (instant: Instant): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');

function unknownZone(zone: string, cause?: unknown): DtxError {
  const message = `${zone} is no time zone: give a name as Europe/Berlin, or an offset as +08:00`;
  return new DtxError(ERROR_CODES.invalidConfig, message, { cause });
}
