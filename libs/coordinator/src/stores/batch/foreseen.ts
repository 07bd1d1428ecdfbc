import type { Instant } from '@nestjs-dtx/engine';
import type { AdvanceWrite, InsertWrite, Write, WriteResult } from '../writes';
import type { ForeseenBatch } from './batch-statements';
import { FIRST_EPOCH } from './run-batch';
import { advanceUpdate } from './updates';

/** The instant of a foreseen batch: the store's time when it is carried out, which the database knows and we do not yet. */
export const BATCH_TIME: Instant = 0;

/**
 * @returns `undefined` for a batch with a write whose values follow from what it finds, or which may be about a transaction
 *   that has ended: that would be refused, and every refusal is an error in the server's log
 */
export function foresee(writes: readonly Write[]): ForeseenBatch | undefined {
  const inserts: InsertWrite[] = [];
  const advances: AdvanceWrite[] = [];
  for (const write of writes) {
    if (write.kind === 'insert') inserts.push(write);
    else if (write.kind === 'advance' && !mayFollowTheEnd(write)) advances.push(write);
    else return undefined;
  }
  const globals = advances.map((write) => advanceUpdate(write, write, BATCH_TIME));
  return {
    held: advances.map(({ gid, epoch }) => ({ gid, epoch })).sort(byGid),
    inserts: inserts.sort(byGid),
    branchUpdates: advances.filter(({ branches }) => branches.length > 0),
    globals: globals.filter((update) => update !== undefined),
  };
}

/** Who tells the end of a transaction writes nothing but its schedule; so does who leaves a transaction for a while. */
function mayFollowTheEnd({ status, rollbackReason, branches }: AdvanceWrite): boolean {
  return status === undefined && rollbackReason === undefined && branches.length === 0;
}

/** @param now when the batch was carried out */
export function foreseenResults(writes: readonly Write[], now: Instant): WriteResult[] {
  return writes.map((write) => ({
    result: 'applied',
    now,
    epoch: write.kind === 'advance' ? write.epoch : FIRST_EPOCH,
  }));
}

const byGid = (a: { readonly gid: string }, b: { readonly gid: string }): number => (a.gid < b.gid ? -1 : 1);
