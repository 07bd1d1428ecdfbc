import { OPS, RESERVED_BRANCH_ID } from '@nestjs-dtx/protocol';
import { checkBarrierInfo, type BarrierInfo } from './barrier-info';
import { BarrierTable, type BarrierOptions } from './barrier-table';
import type { SqlExecutor } from './sql-executor';

/** The row that a message's local transaction stores: the first call of its barrier. */
const MESSAGE_ROW = { branchId: RESERVED_BRANCH_ID, op: OPS.msg, barrierId: '01' };
const NOT_COMMITTED = 'rollback';

/**
 * Answers the check-back of a 2-phase message: did its local transaction commit? (spec 8.4)
 *
 * It waits while that transaction is open, and otherwise takes its place, so that it cannot commit any more. Hence
 * **commit before you answer**: an answer whose row is lost could be proved wrong later. Table and dialect must be those
 * of the message's {@link Barrier} (Q48).
 *
 * @returns `committed` → answer success; `rolled-back` → answer FAILURE
 * @throws BarrierInfoError when the request does not say which message it is about
 */
export async function queryPrepared(
  executor: SqlExecutor,
  info: BarrierInfo,
  options: BarrierOptions,
): Promise<'committed' | 'rolled-back'> {
  const rows = new BarrierTable(checkBarrierInfo(info), options);
  if (await rows.insert(executor, MESSAGE_ROW, NOT_COMMITTED)) return 'rolled-back';
  return (await rows.reason(executor, MESSAGE_ROW)) === NOT_COMMITTED ? 'rolled-back' : 'committed';
}
