import type { Branch } from '@nestjs-dtx/engine';
import type { BatchOutcome } from '../../batch/batch-outcome';
import type { InsertWrite, Write } from '../../writes';

/*
 * How a batch crosses to the writer thread: one JSON text and one block of bytes. Structured cloning of the same objects
 * costs several times as much on both sides, and a payload that sits in Node's shared buffer pool would drag all of the
 * pool's 8 KB along.
 */

/** A batch on its way to the thread. */
export interface EncodedWrites {
  readonly json: string;
  /** All payloads, one after the other. */
  readonly payloads: Uint8Array<ArrayBuffer>;
}

/** A branch with its payload replaced by where it lies in the block: branchId, op, url, status, start, length. */
type WireBranch = readonly [string, string, string, Branch['status'], number, number];

export function encodeWrites(writes: readonly Write[]): EncodedWrites {
  const block = new PayloadBlock();
  const wire = writes.map((write) => {
    if (write.kind === 'insert') return wireInsert(write, block);
    return write.kind === 'append' ? { ...write, branches: block.take(write.branches) } : write;
  });
  return { json: JSON.stringify(wire), payloads: block.bytes() };
}

/** Field by field, as nothing may be added to a spread on the hot path. */
function wireInsert({ kind, gid, intervalMs, lease, transaction }: InsertWrite, block: PayloadBlock) {
  const { transType, status, protocol, queryPrepared, customData, options, firstVisitAfterMs } = transaction;
  const branches = block.take(transaction.branches);
  const fields = { gid, transType, status, protocol, queryPrepared, customData, options, firstVisitAfterMs, branches };
  return { kind, gid, intervalMs, lease, transaction: fields };
}

export function decodeWrites({ json, payloads }: EncodedWrites): Write[] {
  const wire = JSON.parse(json) as Write[];
  return wire.map((write) => {
    if (write.kind === 'insert') {
      const { transaction } = write;
      return { ...write, transaction: { ...transaction, branches: branchesOf(transaction.branches, payloads) } };
    }
    return write.kind === 'append' ? { ...write, branches: branchesOf(write.branches, payloads) } : write;
  });
}

/** Outcomes on their way back. Those that hold whole transactions or errors are cloned as they are; they are rare. */
export type EncodedOutcomes = string | readonly BatchOutcome[];

export function encodeOutcomes(outcomes: readonly BatchOutcome[]): EncodedOutcomes {
  return outcomes.every(isPlain) ? JSON.stringify(outcomes) : outcomes;
}

export function decodeOutcomes(encoded: EncodedOutcomes): readonly BatchOutcome[] {
  return typeof encoded === 'string' ? (JSON.parse(encoded) as BatchOutcome[]) : encoded;
}

function isPlain(outcome: BatchOutcome): boolean {
  return outcome.ok && !('leased' in outcome.result);
}

function branchesOf(wire: unknown, payloads: Uint8Array): Branch[] {
  return (wire as WireBranch[]).map(([branchId, op, url, status, start, length]) => ({
    branchId,
    op,
    url,
    status,
    payload: payloads.subarray(start, start + length),
  }));
}

/** Collects payloads; the action and the compensation of a step share one. */
class PayloadBlock {
  private readonly parts: Uint8Array[] = [];
  private size = 0;

  take(branches: readonly Branch[]): WireBranch[] {
    return branches.map(({ branchId, op, url, status, payload }) => {
      if (this.parts.at(-1) !== payload) {
        this.parts.push(payload);
        this.size += payload.byteLength;
      }
      return [branchId, op, url, status, this.size - payload.byteLength, payload.byteLength];
    });
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const block = new Uint8Array(this.size);
    let offset = 0;
    for (const part of this.parts) {
      block.set(part, offset);
      offset += part.byteLength;
    }
    return block;
  }
}
