import type { ListFilter } from '@nestjs-dtx/coordinator';
import { GLOBAL_STATUSES } from '@nestjs-dtx/protocol';
import { COMMON_KEY, COMMON_TYPE, RARE_KEY, RARE_TYPE, type HistoryTimes } from './history';

/** A filter of the transaction list with its name. */
export interface ListCase {
  readonly name: string;
  readonly filter: Omit<ListFilter, 'limit'>;
}

/** Every combination of filters, in a history of so many transactions: rare and common values, old and new times. */
export function listCases({ startMs, stepMs }: HistoryTimes, count: number): ListCase[] {
  const at = (part: number): number => Math.floor(startMs + count * stepMs * part);
  const ranges = {
    '': {},
    ' of the middle': { createdFrom: at(0.5), createdTo: at(0.5) + 60_000 },
    ' before the middle': { createdTo: at(0.5) },
    ' after the middle': { createdFrom: at(0.5) },
    ' before all': { createdTo: startMs - 3_600_000 },
    ' after all': { createdFrom: Date.now() + 3_600_000 },
  };
  const inRanges = ({ name, filter }: ListCase): ListCase[] =>
    Object.entries(ranges).map(([place, range]) => ({ name: name + place, filter: { ...filter, ...range } }));
  return [...byStatusAndType(), ...byKey()].flatMap(inRanges);
}

function byStatusAndType(): ListCase[] {
  return [undefined, ...GLOBAL_STATUSES].flatMap((status) =>
    [undefined, COMMON_TYPE, RARE_TYPE, 'xa' as const].map((transType) => ({
      name: `${status ?? 'any status'}, ${transType ?? 'any type'}`,
      filter: { ...(status && { status }), ...(transType && { transType }) },
    })),
  );
}

function byKey(): ListCase[] {
  return [COMMON_KEY, RARE_KEY, 'nobody'].flatMap((businessKey) =>
    [undefined, 'succeed' as const, 'failed' as const].flatMap((status) =>
      [undefined, RARE_TYPE].map((transType) => ({
        name: `key ${businessKey}, ${status ?? 'any status'}, ${transType ?? 'any type'}`,
        filter: { businessKey, ...(status && { status }), ...(transType && { transType }) },
      })),
    ),
  );
}
