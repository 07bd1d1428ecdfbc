import type { Branch, BranchChange, Instant, NewTransaction } from '@nestjs-dtx/engine';
import type { GlobalStatus } from '@nestjs-dtx/protocol';
import type { BatchOutcome } from '../../batch/batch-outcome';
import type { AdvanceWrite, AppendWrite, ChangeWrite, InsertWrite, Park, Write } from '../../writes';

/*
 * How a write crosses to the writer thread: as JSON text. Structured cloning of the same objects costs several times as much
 * on both sides. What is frequent goes as a list, as the names of its fields would be most of its text: a field that is added
 * to it has to be added to its list.
 */

/** A branch with its payload as one character per byte; `null` if it is that of the branch before. */
type WireBranch = readonly [
  branchId: string,
  op: string,
  url: string,
  status: Branch['status'],
  payload: string | null,
];

type WireInsert = readonly [
  kind: 'insert',
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
  owner: string | null,
  durationMs: number,
];

type WireBranchChange = readonly [branchId: string, op: string, status: BranchChange['status']];

type WireAdvance = readonly [
  kind: 'advance',
  gid: string,
  epoch: number,
  branches: readonly WireBranchChange[],
  status: GlobalStatus | null,
  rollbackReason: string | null,
  park: Park | null,
];

type WireAppend = Omit<AppendWrite, 'branches'> & { readonly branches: readonly WireBranch[] };
type WireWrite = WireInsert | WireAdvance | WireAppend | ChangeWrite;

export function encodeWrite(write: Write): string {
  return JSON.stringify(wireOf(write));
}

export function decodeWrite(text: string): Write {
  const wire = JSON.parse(text) as WireWrite;
  if (Array.isArray(wire)) return wire[0] === 'insert' ? insertOf(wire as WireInsert) : advanceOf(wire as WireAdvance);
  const write = wire as WireAppend | ChangeWrite;
  return write.kind === 'append' ? { ...write, branches: branchesOf(write.branches) } : write;
}

function wireOf(write: Write): WireWrite {
  switch (write.kind) {
    case 'insert':
      return wireInsert(write);
    case 'advance':
      return wireAdvance(write);
    case 'append':
      return { ...write, branches: wireBranches(write.branches) };
    case 'change':
      return write;
  }
}

function wireInsert({ gid, intervalMs, lease, transaction }: InsertWrite): WireInsert {
  const { transType, status, protocol, queryPrepared, customData, businessKey, options, firstVisitAfterMs } =
    transaction;
  return [
    'insert',
    gid,
    transType,
    status,
    protocol,
    queryPrepared,
    customData,
    businessKey,
    options,
    wireBranches(transaction.branches),
    intervalMs,
    firstVisitAfterMs ?? null,
    lease ? lease.owner : null,
    lease ? lease.durationMs : 0,
  ];
}

function insertOf(wire: WireInsert): InsertWrite {
  const [, gid, transType, status, protocol, queryPrepared, customData, businessKey, options] = wire;
  const [branches, intervalMs, firstVisitAfterMs, owner] = [branchesOf(wire[9]), wire[10], wire[11], wire[12]];
  const fields = { gid, transType, status, protocol, queryPrepared, customData, businessKey, options, branches };
  const transaction = firstVisitAfterMs === null ? fields : { ...fields, firstVisitAfterMs };
  if (owner === null) return { kind: 'insert', gid, transaction, intervalMs };
  return { kind: 'insert', gid, transaction, intervalMs, lease: { owner, durationMs: wire[13] } };
}

function wireAdvance({ kind, gid, epoch, branches, status, rollbackReason, park }: AdvanceWrite): WireAdvance {
  const changes = branches.map((branch): WireBranchChange => [branch.branchId, branch.op, branch.status]);
  return [kind, gid, epoch, changes, status ?? null, rollbackReason ?? null, park ?? null];
}

function advanceOf([kind, gid, epoch, changes, status, rollbackReason, park]: WireAdvance): AdvanceWrite {
  const branches = changes.map(([branchId, op, to]): BranchChange => ({ branchId, op, status: to }));
  const write: { -readonly [K in keyof AdvanceWrite]: AdvanceWrite[K] } = { kind, gid, epoch, branches };
  if (status !== null) write.status = status;
  if (rollbackReason !== null) write.rollbackReason = rollbackReason;
  if (park !== null) write.park = park;
  return write;
}

function wireBranches(branches: readonly Branch[]): WireBranch[] {
  let before: Uint8Array | undefined;
  return branches.map(({ branchId, op, url, status, payload }) => {
    const isShared = payload === before;
    before = payload;
    return [branchId, op, url, status, isShared ? null : textOf(payload)];
  });
}

/** A payload that branches share is one array again, which is how the INSERT knows them for a pair. */
function branchesOf(wire: readonly WireBranch[]): Branch[] {
  let payload: Uint8Array = NO_PAYLOAD;
  return wire.map(([branchId, op, url, status, text]) => {
    if (text !== null) payload = Buffer.from(text, 'latin1');
    return { branchId, op, url, payload, status };
  });
}

const NO_PAYLOAD = new Uint8Array(0);

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
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
