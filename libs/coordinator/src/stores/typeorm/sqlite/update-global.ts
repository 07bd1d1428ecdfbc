import type { Instant } from '@nestjs-dtx/engine';
import { sqliteTime, type SqliteValue } from '@nestjs-dtx/sqlite';
import type { GlobalUpdate, Schedule } from '../../batch/fence';
import type { SqliteConnection } from './sqlite-connection';

/** A column and its new value, absent when the column keeps what it has. */
interface Assignment<T> {
  readonly column: string;
  readonly value: (update: T) => SqliteValue | undefined;
}

const ROW: readonly Assignment<GlobalUpdate>[] = [
  { column: 'status', value: ({ status }) => status },
  { column: 'rollback_reason', value: ({ rollbackReason }) => rollbackReason },
  { column: 'options', value: ({ options }) => options },
  { column: 'custom_data', value: ({ customData }) => customData },
  { column: 'result', value: ({ result }) => result },
  { column: 'branch_count', value: ({ branchCount }) => branchCount },
  { column: 'finish_time', value: ({ finishTime }) => timeOf(finishTime) },
  { column: 'rollback_time', value: ({ rollbackTime }) => timeOf(rollbackTime) },
];

const SCHEDULE: readonly Assignment<Schedule>[] = [
  { column: 'owner', value: ({ owner }) => owner },
  { column: 'lease_until', value: ({ leaseUntil }) => timeOf(leaseUntil) },
  { column: 'next_cron_time', value: ({ nextCronTime }) => timeOf(nextCronTime) },
  {
    column: 'next_cron_interval',
    value: ({ intervalMs }) => (intervalMs === undefined ? undefined : Math.round(intervalMs / 1000)),
  },
  { column: 'attempts', value: ({ attempts }) => attempts },
  { column: 'last_error', value: ({ lastError }) => lastError },
];

/** Statements by the set of columns that they write, one bit each. The code decides which sets there are, so they are few. */
const STATEMENTS = new Map<number, string>();

/** Writes the columns that the update names and no others: what is not written need not be bound, compared and indexed. */
export function updateGlobal(connection: SqliteConnection, update: GlobalUpdate, time: string): void {
  const values: SqliteValue[] = [update.gid, time, update.epoch];
  let columns = collect(ROW, update, values);
  if (update.schedule) columns |= collect(SCHEDULE, update.schedule, values) << ROW.length;
  connection.execute(statementOf(columns), ...values);
}

/** @returns which of the assignments have a value, as bits; the values are appended */
function collect<T>(assignments: readonly Assignment<T>[], update: T, values: SqliteValue[]): number {
  let columns = 0;
  for (let index = 0; index < assignments.length; index += 1) {
    const value = assignments[index]!.value(update);
    if (value === undefined) continue;
    values.push(value);
    columns |= 1 << index;
  }
  return columns;
}

function statementOf(columns: number): string {
  let statement = STATEMENTS.get(columns);
  if (statement === undefined) {
    const named = [...ROW, ...SCHEDULE].filter((_, index) => (columns & (1 << index)) !== 0);
    const assignments = named.map(({ column }, index) => `, ${column} = ?${index + 4}`).join('');
    statement = `UPDATE trans_global SET update_time = ?2, epoch = ?3${assignments} WHERE gid = ?1`;
    STATEMENTS.set(columns, statement);
  }
  return statement;
}

function timeOf(instant: Instant | null | undefined): string | null | undefined {
  return instant === null || instant === undefined ? instant : sqliteTime(instant);
}
