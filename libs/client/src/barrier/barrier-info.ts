import { BarrierInfoError } from '../errors/barrier-info.error';

/** Which request this is: what the coordinator sends along with each branch call. */
export interface BarrierInfo {
  readonly transType: string;
  readonly gid: string;
  readonly branchId: string;
  readonly op: string;
}

/** Widths of the table's columns (spec 8.1). Characters. */
export const COLUMN_WIDTHS = { transType: 45, gid: 128, branchId: 128, op: 45 } as const satisfies Record<
  keyof BarrierInfo,
  number
>;

/** SQLite bindings cut a text at NUL, UTF-8 has no lone surrogates, and MySQL takes `a` and `a ` for equal. */
const AMBIGUOUS = /[\p{Cc}\p{Cs}]| $/u;

/**
 * Two different requests must never share a row. MySQL's `insert ignore` cuts a longer text with a mere warning, so what
 * does not fit is refused before it gets there.
 *
 * @throws BarrierInfoError when one of the four is missing (spec 8.2) or cannot be stored exactly
 */
export function checkBarrierInfo(info: BarrierInfo): BarrierInfo {
  for (const key of Object.keys(COLUMN_WIDTHS) as (keyof BarrierInfo)[]) {
    const value: unknown = info[key];
    if (typeof value !== 'string' || value === '') throw new BarrierInfoError(key, 'is missing');
    if (value.length > COLUMN_WIDTHS[key]) {
      throw new BarrierInfoError(key, `is longer than ${COLUMN_WIDTHS[key]} characters`);
    }
    if (AMBIGUOUS.test(value)) throw new BarrierInfoError(key, 'holds control characters or ends with a space');
  }
  return info;
}
