import { Barrier, type BarrierResult } from '../barrier/barrier';
import type { InTransaction } from '../barrier/barrier-cleaner';
import type { BarrierInfo } from '../barrier/barrier-info';
import type { BarrierOptions } from '../barrier/barrier-table';
import type { SqlExecutor } from '../barrier/sql-executor';

/**
 * Runs business in one local transaction together with the barrier's row of a branch (spec 8.3), so that its effect happens
 * once, however often the branch is repeated.
 *
 * @typeParam Handle what the business writes through: the transaction's connection or entity manager
 */
export type BarrierRunner<Handle> = <T>(
  branch: BarrierInfo,
  business: (handle: Handle) => Promise<T>,
) => Promise<BarrierResult<T>>;

/**
 * @param options where the barrier's table is, and how a local transaction is made on its database
 * @returns a runner for steps of workflows
 * @throws BarrierTableError for a table name that is none
 */
export function barrierRunner(
  options: BarrierOptions & { readonly inTransaction: InTransaction },
): BarrierRunner<SqlExecutor> {
  const { inTransaction, ...barrierOptions } = options;
  return (branch, business) => {
    const barrier = new Barrier(branch, barrierOptions);
    return inTransaction((executor) => barrier.call(executor, () => business(executor)));
  };
}
