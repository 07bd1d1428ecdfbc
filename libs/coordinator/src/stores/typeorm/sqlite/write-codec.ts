import type { Branch, Instant, NewTransaction } from '@nestjs-dtx/engine';
import type { BatchOutcome } from '../../batch/batch-outcome';
import type { AdvanceWrite, AppendWrite, ChangeWrite, InsertWrite, LeaseRequest, Write } from '../../writes';

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

/** An insert without the names of its fields, which are most of its text. */
type WireInsert = readonly [
  gid: string,
  transType: NewTransaction['transType'],
  status: NewTransaction['status'],
  protocol: NewTransaction['protocol'],
  queryPrepared: string,
  customData: string,
  businessKey: string,
  options: NewTransaction['options'],
  branches: readonly WireBranch[],
  intervalMs: number,
  firstVisitAfterMs: number | null,
  lease: LeaseRequest | null,
];

type WireAppend = Omit<AppendWrite, 'branches'> & { readonly branches: readonly WireBranch[] };
type WireWrite = WireInsert | WireAppend | AdvanceWrite | ChangeWrite;

export function encodeWrites(writes: readonly Write[]): EncodedWrites {
  const block = new PayloadBlock();
  const wire = writes.map((write): WireWrite => {
    if (write.kind === 'insert') return wireInsert(write, block);
    return write.kind === 'append' ? { ...write, branches: block.take(write.branches) } : write;
  });
  return { json: JSON.stringify(wire), payloads: block.bytes() };
}

export function decodeWrites({ json, payloads }: EncodedWrites): Write[] {
  const wire = JSON.parse(json) as WireWrite[];
  return wire.map((write) => {
    if (!('kind' in write)) return insertOf(write, payloads);
    return write.kind === 'append' ? { ...write, branches: branchesOf(write.branches, payloads) } : write;
  });
}

function wireInsert({ gid, intervalMs, lease, transaction }: InsertWrite, block: PayloadBlock): WireInsert {
  const { transType, status, protocol, queryPrepared, customData, businessKey, options, firstVisitAfterMs } =
    transaction;
  const branches = block.take(transaction.branches);
  return [
    gid,
    transType,
    status,
    protocol,
    queryPrepared,
    customData,
    businessKey,
    options,
    branches,
    intervalMs,
    firstVisitAfterMs ?? null,
    lease ?? null,
  ];
}

function insertOf(wire: WireInsert, payloads: Uint8Array): InsertWrite {
  const [gid, transType, status, protocol, queryPrepared, customData, businessKey, options] = wire;
  const [wireBranches, intervalMs, firstVisitAfterMs, lease] = [wire[8], wire[9], wire[10], wire[11]];
  const branches = branchesOf(wireBranches, payloads);
  const fields = { gid, transType, status, protocol, queryPrepared, customData, businessKey, options, branches };
  const transaction = firstVisitAfterMs === null ? fields : { ...fields, firstVisitAfterMs };
  if (lease === null) return { kind: 'insert', gid, transaction, intervalMs };
  return { kind: 'insert', gid, transaction, intervalMs, lease };
}

/** Outcomes on their way back. Those that hold whole transactions or errors are cloned as they are; they are rare. */
export type EncodedOutcomes = string | readonly BatchOutcome[];

export function encodeOutcomes(outcomes: readonly BatchOutcome[]): EncodedOutcomes {
  const applied = appliedOf(outcomes);
  if (applied) return JSON.stringify(applied);
  return outcomes.every(isPlain) ? JSON.stringify(outcomes) : outcomes;
}

export function decodeOutcomes(encoded: EncodedOutcomes): readonly BatchOutcome[] {
  if (typeof encoded !== 'string') return encoded;
  const [first, ...rest] = JSON.parse(encoded) as BatchOutcome[] | AppliedOutcomes;
  if (typeof first !== 'number') return first === undefined ? [] : [first, ...(rest as BatchOutcome[])];
  return (rest as number[]).map((epoch) => ({ ok: true, result: { result: 'applied', now: first, epoch } }));
}

/** All writes of a batch applied, as almost always: the batch's time, and the epoch of each. */
type AppliedOutcomes = [now: Instant, ...epochs: number[]];

function appliedOf(outcomes: readonly BatchOutcome[]): AppliedOutcomes | undefined {
  const [first] = outcomes;
  if (!first?.ok || first.result.result !== 'applied') return undefined;
  const { now } = first.result;
  const applied: AppliedOutcomes = [now];
  for (const outcome of outcomes) {
    if (!outcome.ok || outcome.result.result !== 'applied') return undefined;
    // Writes that were repeated one by one have times of their own.
    if (outcome.result.leased || outcome.result.now !== now) return undefined;
    applied.push(outcome.result.epoch);
  }
  return applied;
}

function isPlain(outcome: BatchOutcome): boolean {
  return outcome.ok && !('leased' in outcome.result);
}

/** A payload that branches share is one array again, which is how the INSERT knows them for a pair. */
function branchesOf(wire: readonly WireBranch[], payloads: Uint8Array): Branch[] {
  let payload = NO_PAYLOAD;
  let at = -1;
  return wire.map(([branchId, op, url, status, start, length]) => {
    if (start !== at || length !== payload.byteLength) payload = payloads.subarray(start, start + length);
    at = start;
    return { branchId, op, url, payload, status };
  });
}

const NO_PAYLOAD: Uint8Array = new Uint8Array(0);

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
