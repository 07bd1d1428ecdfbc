import type { Instant } from '@nestjs-dtx/engine';
import { sqliteTime, type SqliteValue } from '@nestjs-dtx/sqlite';
import type { GlobalUpdate, Schedule } from '../../batch/fence';
import type { SqliteConnection } from './sqlite-connection';

/** A column and its new value, absent when the column keeps what it has. */
interface Assignment<T> {
  readonly column: string;
  /** SQL for the value that is `null`, empty or zero, whichever the column may have. */
  readonly empty: 'NULL' | "''" | '0';
  readonly value: (update: T) => SqliteValue | undefined;
}

const ROW: readonly Assignment<GlobalUpdate>[] = [
  { column: 'status', empty: "''", value: ({ status }) => status },
  { column: 'rollback_reason', empty: "''", value: ({ rollbackReason }) => rollbackReason },
  { column: 'options', empty: "''", value: ({ options }) => options },
  { column: 'custom_data', empty: "''", value: ({ customData }) => customData },
  { column: 'result', empty: "''", value: ({ result }) => result },
  { column: 'branch_count', empty: '0', value: ({ branchCount }) => branchCount },
  { column: 'finish_time', empty: 'NULL', value: ({ finishTime }) => timeOf(finishTime) },
  { column: 'rollback_time', empty: 'NULL', value: ({ rollbackTime }) => timeOf(rollbackTime) },
];

const SCHEDULE: readonly Assignment<Schedule>[] = [
  { column: 'owner', empty: "''", value: ({ owner }) => owner },
  { column: 'lease_until', empty: 'NULL', value: ({ leaseUntil }) => timeOf(leaseUntil) },
  { column: 'next_cron_time', empty: 'NULL', value: ({ nextCronTime }) => timeOf(nextCronTime) },
  {
    column: 'next_cron_interval',
    empty: '0',
    value: ({ intervalMs }) => (intervalMs === undefined ? undefined : Math.round(intervalMs / 1000)),
  },
  { column: 'attempts', empty: '0', value: ({ attempts }) => attempts },
  { column: 'last_error', empty: "''", value: ({ lastError }) => lastError },
];

/** How a column comes by its value. What stands in the statement itself need not be bound for each row. */
const WAYS = { kept: 0, bound: 1, empty: 2, now: 3 } as const;
const WAY_BITS = 2;
const WAY_MASK = (1 << WAY_BITS) - 1;

/** What is done about the epoch: the row gets the update's, or has to have it. */
type Fence = 'take' | 'held';
const HEADS: Record<Fence, string> = {
  take: 'UPDATE trans_global SET update_time = ?2, epoch = ?3',
  held: 'UPDATE trans_global SET update_time = ?2',
};
/** As {@link fenceAdvance} decides it. */
export const heldUnder = (epoch: string): string => `epoch = ${epoch} AND status NOT IN ('succeed', 'failed')`;
const CONDITIONS: Record<Fence, string> = {
  take: 'WHERE gid = ?1',
  held: `WHERE gid = ?1 AND ${heldUnder('?3')}`,
};

/** Statements by the ways of all columns. The code decides which combinations there are, so they are few. */
const STATEMENTS: Record<Fence, Map<number, string>> = { take: new Map(), held: new Map() };

/** Writes the columns that the update names and no others: what is not written need not be bound, compared and indexed. */
export function updateGlobal(connection: SqliteConnection, update: GlobalUpdate, time: string): void {
  execute(connection, 'take', update, time);
}

/** The same, if the row is still held under the update's epoch. @returns whether it was */
export function updateHeldGlobal(connection: SqliteConnection, update: GlobalUpdate, time: string): boolean {
  execute(connection, 'held', update, time);
  return connection.hasChanged();
}

function execute(connection: SqliteConnection, fence: Fence, update: GlobalUpdate, time: string): void {
  const values: SqliteValue[] = [update.gid, time, update.epoch];
  let ways = collect(ROW, update, values);
  if (update.schedule) ways |= collect(SCHEDULE, update.schedule, values) << (WAY_BITS * ROW.length);
  connection.execute(statementOf(fence, ways), ...values);
}

/** @returns the ways of the assignments; the values that have to be bound are appended */
function collect<T>(assignments: readonly Assignment<T>[], update: T, values: SqliteValue[]): number {
  const time = values[1];
  let ways = 0;
  for (let index = 0; index < assignments.length; index += 1) {
    const value = assignments[index]!.value(update);
    if (value === undefined) continue;
    const way = wayOf(value, time);
    if (way === WAYS.bound) values.push(value);
    ways |= way << (WAY_BITS * index);
  }
  return ways;
}

function wayOf(value: SqliteValue, time: SqliteValue | undefined): number {
  if (value === null || value === '' || value === 0) return WAYS.empty;
  return value === time ? WAYS.now : WAYS.bound;
}

function statementOf(fence: Fence, ways: number): string {
  let statement = STATEMENTS[fence].get(ways);
  if (statement === undefined) {
    statement = `${HEADS[fence]}${setList(ways)} ${CONDITIONS[fence]}`;
    STATEMENTS[fence].set(ways, statement);
  }
  return statement;
}

function setList(ways: number): string {
  let parameter = 3;
  return [...ROW, ...SCHEDULE]
    .map(({ column, empty }, index) => {
      const way = (ways >> (WAY_BITS * index)) & WAY_MASK;
      if (way === WAYS.kept) return '';
      if (way === WAYS.bound) parameter += 1;
      const values = { [WAYS.bound]: `?${parameter}`, [WAYS.empty]: empty, [WAYS.now]: '?2' };
      return `, ${column} = ${values[way as keyof typeof values]}`;
    })
    .join('');
}

function timeOf(instant: Instant | null | undefined): string | null | undefined {
  return instant === null || instant === undefined ? instant : sqliteTime(instant);
}
