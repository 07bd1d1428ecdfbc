import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { BarrierOptions } from './barrier-table';
import type { CleanUpSql } from './dialects/dialect';
import { DIALECTS } from './dialects/dialects';
import type { SqlExecutor } from './sql-executor';
import { DEFAULT_BARRIER_TABLE, parseTableName } from './table-name';

/** @see BarrierCleaner */
export interface BarrierCleanerOptions extends BarrierOptions {
  /**
   * Age from which rows are deleted: longer than any transaction may live, counting outages, repairs by hand and calls that
   * come late. Seconds.
   * @default 30 days
   */
  readonly ttlSeconds?: number;
}

/** Runs the work in a local transaction of its own: committed when it resolves, rolled back when it rejects. */
export type InTransaction = <T>(work: (executor: SqlExecutor) => Promise<T>) => Promise<T>;

/** Thirty days. */
export const DEFAULT_BARRIER_TTL_SECONDS = 30 * 24 * 3600;
/**
 * Seven days. A compensation that does not find the row of its action takes the action for one that never came and undoes
 * nothing, so rows must outlive a coordinator or a participant that is down over a long weekend.
 */
export const MIN_BARRIER_TTL_SECONDS = 7 * 24 * 3600;
/** A hundred years: databases cannot count back much further. */
const MAX_TTL_SECONDS = 100 * 365 * 24 * 3600;

/** Rows looked at in one local transaction: few, as their locks are held until it ends. */
const PART = 500;

/** What one local transaction came to. */
interface Part {
  readonly deleted: number;
  /** Id of the last row looked at, as the driver gave it; absent when nothing older is left. */
  readonly lastId?: unknown;
}

/**
 * Deletes old rows of a barrier table, which otherwise grows by two rows and more per branch for ever. It goes through the
 * table by id, which needs no index, and ends at the first row that is too young. Several instances may do this at once.
 * Rows without a time (dtm's table for PostgreSQL has no default for `create_time`) are stepped over.
 */
export class BarrierCleaner {
  private readonly sql: CleanUpSql;

  /**
   * @param inTransaction on the database that holds the table
   * @throws BarrierTableError for a table name that is none
   * @throws DtxError `DTX_INVALID_CONFIG` for a TTL that is no whole number of seconds or below {@link MIN_BARRIER_TTL_SECONDS}
   */
  constructor(
    options: BarrierCleanerOptions,
    private readonly inTransaction: InTransaction,
  ) {
    const { dialect, table = DEFAULT_BARRIER_TABLE, ttlSeconds = DEFAULT_BARRIER_TTL_SECONDS } = options;
    this.sql = DIALECTS[dialect].cleanUp(parseTableName(table), checkBarrierTtl(ttlSeconds));
  }

  /**
   * Deletes everything that is old enough by now, in small local transactions with a pause after each.
   *
   * @param signal ends it after the transaction that is under way
   * @returns how many rows were deleted
   */
  async runOnce(signal?: AbortSignal): Promise<number> {
    let deleted = 0;
    let afterId: unknown = 0;
    while (!signal?.aborted) {
      const beganMs = performance.now();
      const part = await this.inTransaction((executor) => this.clean(executor, afterId));
      deleted += part.deleted;
      if (part.lastId === undefined) break;
      afterId = part.lastId;
      // As long as the part took, so that the business has at least half of the database.
      await pause(performance.now() - beganMs, signal);
    }
    return deleted;
  }

  private async clean(executor: SqlExecutor, afterId: unknown): Promise<Part> {
    const { rows } = await executor.execute(this.sql.next(PART), [afterId]);
    const young = rows.findIndex((row) => row['age'] !== null && Number(row['age']) === 0);
    const passed = young === -1 ? rows : rows.slice(0, young);
    const old = passed.filter((row) => Number(row['age']) === 1).map((row) => row['id']);
    const deleted = old.length === 0 ? 0 : (await executor.execute(this.sql.remove(old.length), old)).affected;
    const isLast = young !== -1 || rows.length < PART;
    return { deleted, ...(!isLast && { lastId: rows.at(-1)?.['id'] }) };
  }
}

/** @throws DtxError `DTX_INVALID_CONFIG` that tells why so short a TTL is refused */
export function checkBarrierTtl(seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds >= MIN_BARRIER_TTL_SECONDS && seconds <= MAX_TTL_SECONDS) return seconds;
  throw new DtxError(
    ERROR_CODES.invalidConfig,
    `a barrier TTL of ${String(seconds)} s is refused: use whole seconds from ${MIN_BARRIER_TTL_SECONDS} (7 days) to ${MAX_TTL_SECONDS}, ` +
      'longer than any transaction may live, as a compensation that comes when the row of its action is gone undoes nothing',
  );
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
