import {
  baseIntervalMs,
  modeOf,
  refuseUnknown,
  type Acceptance,
  type Command,
  type Mode,
  type NewTransaction,
  type StoredTransaction,
  type WaitResult,
} from '@nestjs-dtx/engine';
import {
  DtxError,
  ERROR_CODES,
  InvalidRequestError,
  type TransactionRequest,
  type TransType,
} from '@nestjs-dtx/protocol';
import type { LeasedTransaction } from '../stores/records';
import type { Applied, InsertWrite, LeaseRequest } from '../stores/writes';
import type { Admission } from './admission';
import { RefusedError } from './refused.error';
import type { RunEnvironment } from './run-environment';
import type { TransactionRunner } from './transaction-runner';

type Create = Extract<Acceptance, { accept: 'create' }>;
type Change = Extract<Acceptance, { accept: 'change' }>;

/** A command that was carried out. The end of its run is wrapped, as a bare promise would be awaited on its way out. */
interface Started {
  readonly end?: Promise<WaitResult>;
}

/** What a try to carry out an acceptance came to: done, or the state that made it stale. */
type Attempt =
  ({ readonly done: true } & Started) | { readonly done: false; readonly stored: StoredTransaction | undefined };

const DONE: Attempt = { done: true };

/** Clients that race on one gid settle within two rounds; more means that something is badly wrong. */
const MAX_ROUNDS = 10;

/** The commands of clients, for every transport: controllers only translate. */
export class TransactionService {
  constructor(
    private readonly environment: RunEnvironment,
    private readonly runner: TransactionRunner,
    private readonly admission: Admission,
  ) {}

  /** Spec 2.5. @throws RefusedError, InvalidRequestError, DtxError of the store */
  async prepare(request: TransactionRequest): Promise<void> {
    this.checkUrls(request);
    await this.accept({ kind: 'prepare', request }, requiredMode(request.transType));
  }

  /**
   * Spec 2.6. Durable when it resolves; with `wait_result` the pass is over then.
   *
   * @returns what to tell a waiting client, `undefined` if it does not wait
   * @throws RefusedError, InvalidRequestError, DtxError `DTX_OVERLOADED`, `DTX_SHUTTING_DOWN` or of the store
   */
  async submit(request: TransactionRequest): Promise<WaitResult | undefined> {
    this.environment.faults?.reach('submit-received', request.gid);
    this.checkUrls(request);
    const mode = requiredMode(request.transType);
    const { end } = await this.accept({ kind: 'submit', request }, mode);
    if (!request.options.waitResult) return undefined;
    return end ?? this.runner.storedAnswer(request.gid, mode);
  }

  /** Spec 2.7. */
  async abort(gid: string, rollbackReason: string): Promise<void> {
    await this.acceptStored({ kind: 'abort', gid, rollbackReason }, gid);
  }

  /** Spec 2.7. A run in progress notices by its next write. */
  async forceStop(gid: string): Promise<void> {
    await this.acceptStored({ kind: 'forceStop', gid }, gid);
  }

  private async acceptStored(command: Command, gid: string): Promise<void> {
    const found = await this.environment.store.find(gid);
    if (!found) throw new RefusedError(refuseUnknown(gid));
    const { transType, status, branchCount } = found.transaction;
    await this.accept(command, requiredMode(transType), { transType, status, branchCount });
  }

  /** Accept, carry out; whenever the store says that things have changed meanwhile, accept again with what is there now. */
  private async accept(command: Command, mode: Mode, known?: StoredTransaction): Promise<Started> {
    let stored = known;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const accepted = (stored ? requiredMode(stored.transType) : mode).accept(command, stored, {});
      const attempt = await this.carryOut(accepted, command);
      if (attempt.done) return attempt;
      stored = attempt.stored;
    }
    throw new DtxError(ERROR_CODES.internal, 'the transaction kept changing while the command was carried out');
  }

  /** @throws RefusedError, InvalidRequestError at once: it is only called by {@link accept} */
  private carryOut(accepted: Acceptance, command: Command): Attempt | Promise<Attempt> {
    switch (accepted.accept) {
      case 'refuse':
        if (accepted.kind === 'invalid') {
          throw new InvalidRequestError(
            accepted.field ?? 'body',
            accepted.message.slice((accepted.field ?? '').length + 1),
          );
        }
        throw new RefusedError(accepted);
      case 'create':
        return accepted.start ? this.admitted((lease) => this.create(accepted, lease)) : this.create(accepted);
      case 'change':
        return accepted.start
          ? this.admitted((lease) => this.change(accepted, gidOf(command), lease))
          : this.change(accepted, gidOf(command));
      case 'repeat':
        return accepted.start ? this.repeat(gidOf(command)) : DONE;
    }
  }

  private async create(accepted: Create, lease?: LeaseRequest): Promise<Attempt> {
    const { store, settings, clock, faults } = this.environment;
    const { transaction } = accepted;
    const sentAtMs = clock.monotonicMs();
    const intervalMs = baseIntervalMs(transaction.options, settings);
    const insert = { kind: 'insert', gid: transaction.gid, transaction, intervalMs } as const;
    const result = await store.write<InsertWrite>(lease ? { ...insert, lease } : insert);
    if (result.result === 'duplicate') return { done: false, stored: result.stored };
    if (!lease) return DONE;
    faults?.reach('submit-stored', transaction.gid);
    return { done: true, end: this.runner.start(freshlyLeased(transaction, intervalMs, result), sentAtMs) };
  }

  private change(accepted: Change, gid: string, lease?: LeaseRequest): Promise<Attempt> {
    const { from, to, patch } = accepted;
    return this.changeStored({ from, to, patch, unheldOnly: false }, gid, lease);
  }

  /** A repeated submit starts a pass at once unless somebody is at work (design 3.2); then there is nothing to start. */
  private async repeat(gid: string): Promise<Attempt> {
    const end = this.runner.running(gid);
    if (end) return { done: true, end };
    const again = { from: 'submitted', to: 'submitted', patch: {}, unheldOnly: true } as const;
    return this.admitted((lease) => this.changeStored(again, gid, lease));
  }

  private async changeStored(
    change: Pick<Change, 'from' | 'to' | 'patch'> & { readonly unheldOnly: boolean },
    gid: string,
    lease?: LeaseRequest,
  ): Promise<Attempt> {
    const { store, clock } = this.environment;
    const sentAtMs = clock.monotonicMs();
    const result = await store.write({ kind: 'change', gid, ...change, ...(lease && { lease }) });
    if (result.result === 'held') return DONE;
    if (result.result === 'stale') return { done: false, stored: result.stored };
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

  private checkUrls(request: TransactionRequest): void {
    const { dispatcher } = this.environment;
    request.steps.forEach((step, index) => {
      for (const key of ['action', 'compensate'] as const) {
        const problem = dispatcher.problemWith(step[key], request.protocol);
        if (problem) throw new InvalidRequestError(`steps[${index}].${key}`, problem);
      }
    });
  }
}

function gidOf(command: Command): string {
  return 'request' in command ? command.request.gid : command.gid;
}

function requiredMode(transType: TransType): Mode {
  const mode = modeOf(transType);
  if (!mode)
    throw new InvalidRequestError('trans_type', 'names a mode that this version does not run yet; it runs saga');
  return mode;
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
