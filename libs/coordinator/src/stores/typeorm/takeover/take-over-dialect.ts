import type { LocalOffsets } from './time-zone';

/** What differs between the servers on which dtm keeps its tables. */
export interface TakeOverDialect {
  /** Whether times are local, so that only their zone makes instants of them. */
  readonly hasLocalTimes: boolean;
  /** Expression: the schema that unqualified names mean. */
  readonly currentSchema: string;
  /** Expression: now, as our columns keep it. */
  readonly now: string;
  /** Expression: the instant that a column of dtm's means, as our columns keep it. */
  instant(column: string, zone: LocalOffsets): string;
  /** Expression: how many seconds ago an instant was. */
  secondsSince(instant: string): string;
  /** Expression: a column as text. */
  text(column: string): string;
  /** Expression: what a branch is called with: `bin_data`, or `data` where an old version of dtm kept it. */
  payload(binData: string, data: string): string;
  /** Expression: a text as bytes. */
  bytes(text: string): string;
  /** Statements that rename all or nothing, run in one transaction. */
  rename(tables: readonly (readonly [from: string, to: string])[]): readonly string[];
  /** Statements: what a table needs after rows were copied into it with their ids. */
  afterCopy(table: string): readonly string[];
  /** Column type of instants. */
  readonly timeType: string;
}
