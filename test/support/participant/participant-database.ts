import type { BarrierDialect, SqlExecutor } from '@nestjs-dtx/client';
import type { XaBranches } from './xa-branches';

export type Row = Record<string, unknown>;

/** A participant's database, reached by its plain driver. */
export interface ParticipantDatabase {
  readonly dialect: BarrierDialect;
  /** Absent where the database has no XA. */
  readonly xa?: XaBranches;
  /** Runs the work in a local transaction on a connection of its own. */
  transaction<T>(work: (executor: SqlExecutor) => Promise<T>): Promise<T>;
  /** One statement outside of any transaction, with the placeholders of the dialect. */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}
