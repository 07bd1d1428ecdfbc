import type { Branch, Instant } from '@nestjs-dtx/engine';
import { isFinalStatus } from '@nestjs-dtx/protocol';
import type { LeasedTransaction } from '../records';
import type { Applied, AppendWrite, Write } from '../writes';
import type { BatchStatements } from './batch-statements';
import type { LockedRow } from './fence';
import { tokenOf } from './write-token';

/**
 * Which writes of a batch have taken effect already, when the connection was lost during their COMMIT. Read under lock: the
 * lock waits for a transaction that the server has not given up yet. Without it a submit that is stored would be reported as
 * a duplicate of itself, and a runner would take its own final status for somebody else's.
 *
 * @returns the results of those writes; whatever is missing has to be carried out
 */
export async function recogniseApplied(
  statements: BatchStatements,
  writes: readonly Write[],
  now: Instant,
): Promise<ReadonlyMap<Write, Applied>> {
  const rows = await statements.lock(writes.map(({ gid }) => gid).sort());
  const locked = new Map(rows.map((row) => [row.gid, row]));
  const applied = writes.filter((write) => leftItsMark(write, locked.get(write.gid)));
  const appends = writes.filter((write): write is AppendWrite => write.kind === 'append' && locked.has(write.gid));
  const load = [...applied.filter(wantsLease), ...appends].map(({ gid }) => gid);
  const loaded = new Map((load.length > 0 ? await statements.load(load, now) : []).map((it) => [it.snapshot.gid, it]));
  applied.push(...appends.filter((write) => isRegistered(write, loaded.get(write.gid))));
  return new Map(
    applied.map((write) => {
      const result: Applied = { result: 'applied', now, epoch: locked.get(write.gid)!.epoch };
      const leased = loaded.get(write.gid);
      return [write, wantsLease(write) && leased ? { ...result, leased } : result];
    }),
  );
}

/** Whether the row says that this very write has made it what it is. */
export function leftItsMark(write: Write, row: LockedRow | undefined): boolean {
  if (!row) return false;
  switch (write.kind) {
    case 'insert':
    case 'change':
      return row.owner === tokenOf(write);
    case 'advance':
      // Only the holder of an epoch writes under it. Progress that ends nothing is carried out again: that changes nothing.
      return row.epoch === write.epoch && isFinalStatus(row.status) && row.status === write.status;
    case 'append':
      return false;
  }
}

/** A change that takes a lease is told the whole transaction; an insert knows it. */
const wantsLease = (write: Write): boolean => write.kind === 'change' && write.lease !== undefined;

function isRegistered({ branches }: AppendWrite, leased: LeasedTransaction | undefined): boolean {
  const stored = leased?.snapshot.branches ?? [];
  return branches.every((branch) => stored.some((candidate) => isSame(branch, candidate)));
}

function isSame(a: Branch, b: Branch): boolean {
  return a.branchId === b.branchId && a.op === b.op && a.url === b.url && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

const bytesOf = ({ payload }: Branch): Buffer => Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
