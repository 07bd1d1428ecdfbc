import { setTimeout } from 'node:timers/promises';
import {
  baseIntervalMs,
  modeOf,
  OUTCOME_NOT_FOUND,
  topicsOf,
  type Acceptance,
  type Branch,
  type Command,
  type Facts,
  type Mode,
  type NewTransaction,
  type Refusal,
  type StoredTransaction,
  type WorkflowOutcome,
} from '@nestjs-dtx/engine';
import {
  boundedText,
  DtxError,
  ERROR_CODES,
  InvalidRequestError,
  MAX_REASON_LENGTH,
  type GlobalStatus,
  type TransactionRequest,
} from '@nestjs-dtx/protocol';
import type { BranchRecord, LeasedTransaction } from '../stores/records';
import type { AppendWrite, ChangeWrite, Applied, InsertWrite, LeaseRequest, WriteResults } from '../stores/writes';
import type { Admission } from './admission';
import { pointAfter } from './fault-points';
import { RefusedError } from './refused.error';
import type { RunEnvironment } from './run-environment';
import type { TransactionRunner, WaitAnswer } from './transaction-runner';
import { unreachableBranch } from './unreachable-branch';

type Append = Extract<Acceptance, { accept: 'append' }>;
type Create = Extract<Acceptance, { accept: 'create' }>;
type Change = Extract<Acceptance, { accept: 'change' }>;

/** A command that was carried out. The end of its run is wrapped, as a bare promise would be awaited on its way out. */
export interface Started {
  readonly end?: Promise<WaitAnswer>;
}

/** What a try to carry out an acceptance came to: done, or the state that made it stale. */
type Attempt =
  ({ readonly done: true } & Started) | { readonly done: false; readonly stored: StoredTransaction | undefined };

const DONE: Attempt = { done: true };

/** Clients that race on one gid settle within two rounds; more means that something is badly wrong. */
const MAX_ROUNDS = 10;

/** How often a registration gives way to a visit of its transaction, and for how long each time. Milliseconds. */
const MAX_WAITS = 50;
const WAIT_MS = 20;

/** Carries out what the engine accepts: the writes, and the runs that follow from them. */
export class CommandExecutor {
  private readonly settingsOnly: Facts;

  constructor(
    private readonly environment: RunEnvironment,
    private readonly runner: TransactionRunner,
    private readonly admission: Admission,
  ) {
    this.settingsOnly = { settings: environment.settings };
  }

  /**
   * Accepts, carries out; whenever the store says that things have changed meanwhile, accepts again with what is there now.
   *
   * @param known what is stored, or presumed to be; absent for a new transaction
   * @throws RefusedError, InvalidRequestError, DtxError of admission or of the store
   */
  async execute(command: Command, mode: Mode, known?: StoredTransaction): Promise<Started> {
    let stored = known;
    const facts = 'request' in command ? await this.factsOf(command.request) : this.settingsOnly;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const accepted = (stored ? modeOf(stored.transType) : mode).accept(command, stored, facts);
      const unreachable = !stored && facts.topics ? this.unreachableSubscriber(accepted) : undefined;
      const attempt = unreachable
        ? await this.unlessStored(unreachable, command)
        : await this.carryOut(accepted, command, stored);
      if (attempt.done) return attempt;
      stored = attempt.stored;
    }
    throw new DtxError(ERROR_CODES.internal, 'the transaction kept changing while the command was carried out');
  }

  /** @throws RefusedError, InvalidRequestError at once: it is only called by {@link execute} */
  private carryOut(accepted: Acceptance, command: Command, stored?: StoredTransaction): Attempt | Promise<Attempt> {
    switch (accepted.accept) {
      case 'refuse':
        throw refusal(accepted);
      case 'create':
        return accepted.start ? this.admitted((lease) => this.create(accepted, lease)) : this.create(accepted);
      case 'change':
        return accepted.start
          ? this.admitted((lease) => this.change(accepted, gidOf(command), stored, lease))
          : this.change(accepted, gidOf(command), stored);
      case 'append':
        return this.append(accepted, gidOf(command));
      case 'repeat':
        if (accepted.start) return this.repeat(gidOf(command), accepted.status);
        return accepted.same ? this.unlessOther(accepted.same, gidOf(command)) : DONE;
    }
  }

  private async create(accepted: Create, lease?: LeaseRequest): Promise<Attempt> {
    const { store, settings, clock, faults } = this.environment;
    const { transaction } = accepted;
    const sentAtMs = clock.monotonicMs();
    const intervalMs = baseIntervalMs(transaction.options, settings);
    const result = await store.write(insertOf(transaction, intervalMs, lease));
    if (result.result === 'duplicate') return { done: false, stored: result.stored };
    if (faults) await faults.reach(pointAfter(transaction.status), transaction.gid);
    if (!lease) return DONE;
    return { done: true, end: this.runner.start(freshlyLeased(transaction, intervalMs, result), sentAtMs) };
  }

  /** @param stored what was accepted for; what was only presumed may have another type */
  private change(accepted: Change, gid: string, stored?: StoredTransaction, lease?: LeaseRequest): Promise<Attempt> {
    const { from, to, patch, visitAfterMs } = accepted;
    const change = { ...(stored && { transType: stored.transType }), from, to, patch, unheldOnly: false };
    return this.changeStored(visitAfterMs === undefined ? change : { ...change, visitAfterMs }, gid, lease);
  }

  private async append({ transType, branches, idempotent, interrupts }: Append, gid: string): Promise<Attempt> {
    const { store, faults } = this.environment;
    const result = await this.appended({
      kind: 'append',
      gid,
      transType,
      branches,
      interrupts,
      unheldOnly: interrupts,
    });
    if (result.result === 'stale') return { done: false, stored: result.stored };
    if (result.result === 'applied') {
      if (faults) await faults.reach('branch-stored', gid);
      return DONE;
    }
    // The text is the protocol's. For a workflow it must be no business refusal: its SDK would roll everything back.
    if (!idempotent) throw new DtxError(ERROR_CODES.branchExists, 'storage: UniqueKeyConflict');
    const found = await store.find(gid);
    if (found && branches.every((branch) => found.branches.some((there) => isSameBranch(branch, there)))) return DONE;
    throw new RefusedError({
      accept: 'refuse',
      kind: 'conflict',
      message: `branch ${branches[0]?.branchId ?? ''} is registered already, with other content. FAILURE`,
    });
  }

  /** A visit of a prepared transaction is over in no time: only one whose coordinator seems to be gone is interrupted. */
  private async appended(write: AppendWrite): Promise<WriteResults['append']> {
    const { store } = this.environment;
    for (let wait = 0; wait < MAX_WAITS; wait += 1) {
      const result = await store.write(write);
      if (result.result !== 'held') return result;
      await setTimeout(WAIT_MS);
    }
    return store.write({ ...write, unheldOnly: false });
  }

  private async unlessOther(same: WorkflowOutcome, gid: string): Promise<Attempt> {
    const found = await this.environment.store.find(gid);
    const { result, rollbackReason } = found?.transaction ?? {};
    const storedReason = boundedText(same.rollbackReason, MAX_REASON_LENGTH);
    if (result === same.result && rollbackReason === storedReason) return DONE;
    throw new RefusedError(OUTCOME_NOT_FOUND);
  }

  /** A repeated command starts a pass at once unless somebody is at work (design 3.2); then there is nothing to start. */
  private async repeat(gid: string, status: GlobalStatus): Promise<Attempt> {
    const end = this.runner.running(gid);
    if (end) return { done: true, end };
    const again = { from: status, to: status, patch: {}, unheldOnly: true } as const;
    return this.admitted((lease) => this.changeStored(again, gid, lease));
  }

  private async changeStored(
    change: Omit<ChangeWrite, 'kind' | 'gid' | 'lease'>,
    gid: string,
    lease?: LeaseRequest,
  ): Promise<Attempt> {
    const { store, clock, faults } = this.environment;
    const sentAtMs = clock.monotonicMs();
    const result = await store.write({ kind: 'change', gid, ...change, ...(lease && { lease }) });
    if (result.result === 'held') return DONE;
    if (result.result === 'stale') return { done: false, stored: result.stored };
    if (faults && change.from !== change.to) await faults.reach(pointAfter(change.to), gid);
    if (!result.leased) return DONE;
    return { done: true, end: this.runner.start(result.leased, sentAtMs) };
  }

  /** Carries out something that starts a run: the place in admission passes to the run, or is given back. */
  private async admitted(work: (lease: LeaseRequest) => Promise<Attempt>): Promise<Attempt> {
    const entered = this.admission.enter();
    if (entered) await entered;
    let started = false;
    try {
      const attempt = await work(this.runner.newLease());
      started = attempt.done && attempt.end !== undefined;
      return attempt;
    } finally {
      if (!started) this.admission.leave();
    }
  }

  /** What the mode has to know beyond the request; most know enough. */
  private factsOf(request: TransactionRequest): Facts | Promise<Facts> {
    const topics = request.transType === 'msg' ? topicsOf(request) : [];
    return topics.length === 0 ? this.settingsOnly : this.withTopics(topics);
  }

  /** @returns why a new message must not be accepted, because of the topics that it names */
  private unreachableSubscriber(accepted: Acceptance): DtxError | undefined {
    if (accepted.accept === 'refuse') return refusal(accepted);
    return accepted.accept === 'create'
      ? unreachableBranch(accepted.transaction, this.environment.dispatcher)
      : undefined;
  }

  /** What is stored has the subscribers of its time: what has become of the topic since then is no obstacle. */
  private async unlessStored(error: DtxError, command: Command): Promise<Attempt> {
    const found = await this.environment.store.find(gidOf(command));
    if (!found) throw error;
    const { transType, status, branchCount } = found.transaction;
    return { done: false, stored: { transType, status, branchCount } };
  }

  private async withTopics(names: readonly string[]): Promise<Facts> {
    const topics = new Map<string, readonly string[]>();
    for (const name of names) {
      const subscribers = await this.environment.topics.subscribers(name);
      if (subscribers) topics.set(name, subscribers);
    }
    return { ...this.settingsOnly, topics };
  }
}

function refusal(refused: Refusal): RefusedError | InvalidRequestError {
  if (refused.kind !== 'invalid') return new RefusedError(refused);
  const { field = '', message } = refused;
  return new InvalidRequestError(field || 'body', message.slice(field.length + 1));
}

function gidOf(command: Command): string {
  return 'request' in command ? command.request.gid : command.gid;
}

/** Whether a stored branch is what is being registered again (Q38). What it has come to meanwhile does not count. */
function isSameBranch(branch: Branch, there: BranchRecord): boolean {
  return (
    branch.branchId === there.branchId &&
    branch.op === there.op &&
    branch.url === there.url &&
    Buffer.from(branch.payload).equals(there.payload)
  );
}

/** Written out twice, as adding a field to a spread costs V8 microseconds. */
function insertOf(transaction: NewTransaction, intervalMs: number, lease: LeaseRequest | undefined): InsertWrite {
  const { gid } = transaction;
  return lease
    ? { kind: 'insert', gid, transaction, intervalMs, lease }
    : { kind: 'insert', gid, transaction, intervalMs };
}

/** What an insert has just made durable, without reading it back. Field by field: adding to a spread costs V8 microseconds. */
function freshlyLeased(transaction: NewTransaction, intervalMs: number, { epoch, now }: Applied): LeasedTransaction {
  return {
    epoch,
    now,
    snapshot: {
      gid: transaction.gid,
      transType: transaction.transType,
      status: transaction.status,
      protocol: transaction.protocol,
      queryPrepared: transaction.queryPrepared,
      customData: transaction.customData,
      businessKey: transaction.businessKey,
      options: transaction.options,
      createdAt: now,
      branches: transaction.branches,
      rollbackReason: '',
      intervalMs,
      attempts: 0,
      lastError: '',
    },
  };
}
