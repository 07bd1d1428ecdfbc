import { OPS, ORIGIN_OPS } from '@nestjs-dtx/protocol';
import { BarrierDuplicatedError } from '../errors/barrier-duplicated.error';
import { checkBarrierInfo, type BarrierInfo } from './barrier-info';
import { BarrierTable, type BarrierOptions } from './barrier-table';
import type { SqlExecutor } from './sql-executor';

/**
 * Why the business did not run; in each case the branch is answered as a success.
 * - `duplicate`: this very request was committed before;
 * - `null-compensation`: the forward request never took effect, so there is nothing to undo;
 * - `suspended`: a forward request that came after its own undo.
 */
export type BarrierSkip = 'duplicate' | 'null-compensation' | 'suspended';

/** @see Barrier.call */
export type BarrierResult<T> =
  { readonly ran: true; readonly value: T } | { readonly ran: false; readonly reason: BarrierSkip };

/**
 * The sub-transaction barrier (spec 8.3): in the participant's own database transaction it decides whether a branch
 * request takes effect. A request may be lost, repeated, or overtaken by its undo; with the barrier the effect is applied
 * exactly once, or not at all. One object per branch request.
 */
export class Barrier {
  private readonly info: BarrierInfo;
  private readonly rows: BarrierTable;
  private calls = 0;

  /**
   * @throws BarrierInfoError when the request does not say which one it is
   * @throws BarrierTableError for a table name that is none
   */
  constructor(info: BarrierInfo, options: BarrierOptions) {
    this.info = checkBarrierInfo(info);
    this.rows = new BarrierTable(info, options);
  }

  /**
   * Runs the business unless this request must not take effect. Neither opens nor ends the transaction: **commit when it
   * resolves, also if the business did not run** (the rows are what stops a late request), and roll back when it rejects.
   *
   * Each call takes the next barrier id (`01`, `02` …, spec 8.2), so one request may work on several databases, always in
   * the same order.
   *
   * @param business works in the executor's transaction; what it throws is thrown on
   * @throws BarrierDuplicatedError for a message (op `msg`) that must not commit
   */
  async call<T>(executor: SqlExecutor, business: () => Promise<T>): Promise<BarrierResult<T>> {
    this.calls += 1;
    const barrierId = String(this.calls).padStart(2, '0');
    const reason = await this.decide(executor, barrierId);
    return reason === undefined ? { ran: true, value: await business() } : { ran: false, reason };
  }

  /** @returns why the business must not run, or undefined when it must. */
  private async decide(executor: SqlExecutor, barrierId: string): Promise<BarrierSkip | undefined> {
    const { gid, branchId, op } = this.info;
    const key = { branchId, op, barrierId };
    // The undo takes the forward request's place first: if that succeeds, the forward request has not been here, and a
    // late one will find its place taken. Both rows always in this order, so that two requests cannot lock crosswise.
    const originOp = ORIGIN_OPS[op];
    const tookPlace = originOp !== undefined && (await this.rows.insert(executor, { ...key, op: originOp }, op));
    const isNew = await this.rows.insert(executor, key, op);
    if (tookPlace) return 'null-compensation';
    if (isNew) return undefined;
    if (op === OPS.msg) throw new BarrierDuplicatedError(gid);
    const storedBy = await this.rows.reason(executor, key);
    return storedBy === op ? 'duplicate' : 'suspended';
  }
}
