import { payloadText } from '../transactions/payload';

/**
 * What is left of a value when it has been JSON: that is what a replay reads, so the first run gets it as well. A Date becomes
 * a string, undefined and methods are gone.
 */
export type Recorded<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined | void
    ? T
    : T extends { toJSON(): infer Json }
      ? Recorded<Json>
      : T extends (...args: never[]) => unknown
        ? never
        : T extends readonly unknown[]
          ? { [Index in keyof T]: Recorded<T[Index]> }
          : { [Key in keyof T as T[Key] extends (...args: never[]) => unknown ? never : Key]: Recorded<T[Key]> };

/**
 * @param field what the value is, for the error
 * @throws InvalidRequestError for what has no JSON form: a function, a BigInt, a circle
 */
export function jsonCopy(value: unknown, field: string): unknown {
  return value === undefined ? undefined : (JSON.parse(payloadText(value, field)) as unknown);
}
