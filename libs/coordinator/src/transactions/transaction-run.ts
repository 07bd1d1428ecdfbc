import {
  changesBetween,
  evolve,
  isIncident,
  nextDecision,
  tellsOfIncident,
  type BranchCall,
  type Changes,
  type Decision,
  type Instant,
  type Mode,
  type TransactionEvent,
  type TransactionState,
} from '@nestjs-dtx/engine';
import { isFinalStatus, OPS } from '@nestjs-dtx/protocol';
import { MAX_TIMER_MS } from '../clock/timer';
import type { AdvanceWrite, Park } from '../stores/writes';
import { CallQueue, type Returned } from './call-queue';
import { pointAfter, type FaultPoint } from './fault-points';
import type { Lease } from './lease';
import type { RunEnvironment } from './run-environment';

/** How a run ended. */
export interface RunEnd {
  readonly state: TransactionState;
  /** The lease was lost on the way: `state` is what the run believed, and may never have become durable. */
  readonly stale: boolean;
  /** Milliseconds until the next visit, if there is one. */
  readonly dueInMs: number | null;
  /** Milliseconds since the transaction was created, if this run has ended it. */
  readonly finishedAfterMs: number | null;
}

/** Where a run begins. */
export interface RunStart {
  /** The transaction as it is stored. */
  readonly state: TransactionState;
  /** What to add to the monotonic clock to get the store's time. */
  readonly clockOffsetMs: number;
}

/** When the lease was cut short by a shutdown, the next coordinator may go on at once. */
const DUE_NOW = 0;

/** When a transaction that cannot be run is looked at again. Milliseconds. */
const SET_ASIDE_MS = 15 * 60 * 1000;

/**
 * Drives one transaction under one lease: decide, perform, record durably, decide again. Facts are gathered and written
 * together right before the first step that relies on them (design 3.1), so the last outcome and the final status share
 * a commit.
 */
export class TransactionRun {
  private readonly queue = new CallQueue();
  private readonly clockOffsetMs: number;
  private readonly hadEnded: boolean;
  private state: TransactionState;
  private durable: TransactionState;
  private inFlight = 0;
  private stopping = false;
  private abandoned = false;
  /** What a test keeps it waiting for after an answer. */
  private held: Promise<void> | undefined;

  constructor(
    private readonly environment: RunEnvironment,
    private readonly mode: Mode,
    private readonly lease: Lease,
    start: RunStart,
  ) {
    this.state = start.state;
    this.hadEnded = isFinalStatus(start.state.status);
    this.durable = start.state;
    this.clockOffsetMs = start.clockOffsetMs;
  }

  /** Ends the run at its next decision: calls in flight are waited for, new ones are not made. */
  stop(): void {
    this.stopping = true;
  }

  /**
   * Ends the run now and without a word to the store: what its calls in flight come to is nobody's concern any more, and
   * must not be taken for the services' fault.
   */
  abandon(): void {
    this.abandoned = true;
    this.queue.interrupt();
  }

  /** Runs until there is nothing to do, the lease is lost, or {@link stop}. Rejects when the store fails. */
  async drive(): Promise<RunEnd> {
    for (;;) {
      if (this.abandoned) return this.lost();
      this.takeReturned();
      if (this.held) await this.held;
      const wanted = this.decide();
      const decision = this.stopping ? this.stopped(wanted) : wanted;
      if (decision.do === 'change') this.change(decision);
      else if (decision.do === 'wait') return this.park(this.untilInMs(decision.until));
      else if (decision.do === 'rest') return this.rest(decision);
      else {
        const changes = changesBetween(this.durable, this.state);
        if (changes && !(await this.record(changes))) return this.lost();
        if (!this.lease.isValid(this.environment.clock)) return this.lost();
        if (decision.do === 'call') this.start(decision.calls);
        else await this.queue.wait(decision.until === undefined ? undefined : decision.until - this.now());
      }
    }
  }

  /** What stands in the store may not make sense (damaged by hand, written by another version): then a person has to look. */
  private decide(): Decision {
    try {
      return nextDecision(this.mode, this.state, this.now());
    } catch (error) {
      const lastError = `this transaction cannot be run: ${error instanceof Error ? error.message : String(error)}`;
      const isNew = this.state.lastError !== lastError;
      this.state = { ...this.state, lastError };
      this.environment.incidents.corrupt(this.state, isNew);
      return this.inFlight > 0 ? { do: 'await' } : { do: 'wait', until: this.now() + SET_ASIDE_MS };
    }
  }

  private rest({ exhausted }: Extract<Decision, { do: 'rest' }>): Promise<RunEnd> {
    if (exhausted) this.environment.incidents.exhausted(this.state);
    return this.park(null);
  }

  private change({ to, reason }: Extract<Decision, { do: 'change' }>): void {
    this.fold(reason === undefined ? { type: 'changed', to } : { type: 'changed', to, reason });
  }

  /** What a stopping run does instead: nothing new, and a lease that is given back when all calls have come home. */
  private stopped(decision: Decision): Decision {
    if (decision.do === 'change' || decision.do === 'rest') return decision;
    if (this.inFlight > 0) return { do: 'await' };
    return decision.do === 'wait' ? decision : { do: 'wait', until: this.now() + DUE_NOW };
  }

  private start(calls: readonly BranchCall[]): void {
    this.fold({ type: 'started', calls });
    for (const call of calls) {
      this.inFlight += 1;
      void this.call(call);
    }
  }

  private async call(call: BranchCall): Promise<void> {
    const { options, gid, transType, protocol } = this.state;
    const { dispatcher, settings, clock, faults } = this.environment;
    if (faults) await this.reach('call-started');
    const startedMs = clock.monotonicMs();
    const result = await dispatcher.dispatch({
      call,
      gid,
      transType,
      protocol,
      headers: options.branchHeaders,
      timeoutMs: Math.min((options.requestTimeout ?? settings.requestTimeout) * 1000, MAX_TIMER_MS),
    });
    this.inFlight -= 1;
    this.queue.push({ call, result, tookMs: clock.monotonicMs() - startedMs });
  }

  private takeReturned(): void {
    for (let returned = this.queue.poll(); returned; returned = this.queue.poll()) this.take(returned);
  }

  private take(returned: Returned): void {
    const { call, result } = returned;
    const { random, incidents, metrics } = this.environment;
    if (result.kind === 'deferred') {
      incidents.deferred(this.state, returned, result.reason);
      const until = this.now() + result.delayMs * (1 + random());
      this.fold({ type: 'deferred', call, until, reason: result.reason });
      return;
    }
    const outcome = this.mode.weigh ? this.mode.weigh(result.outcome) : result.outcome;
    metrics.branches.called(this.state.transType, call, outcome.kind === 'success');
    const { lastError } = this.state;
    this.held ??= this.reach(call.op === OPS.compensate ? 'compensation-answered' : 'call-answered');
    this.fold({ type: 'answered', call, outcome, now: this.now(), spread: random() });
    if (outcome.bySubstring) incidents.substring(this.state, returned, outcome);
    if (isIncident(this.mode, call, outcome)) {
      incidents.forbidden(this.state, returned, outcome, !tellsOfIncident(lastError, call));
    } else if (outcome.kind === 'error') incidents.failed(this.state, returned, outcome);
  }

  /** Makes the facts so far durable. @returns false when the lease is no longer ours */
  private async record(changes: Changes | undefined, park?: Park): Promise<boolean> {
    const state = this.state;
    const { result } = await this.environment.store.write(this.advance(changes, park));
    if (result !== 'applied') return false;
    const before = this.durable;
    this.durable = state;
    if (this.environment.faults) await this.reachStored(before, state);
    return true;
  }

  /** Assignments and not conditional spreads: this runs for every outcome, and each spread is a slow path of V8's. */
  private advance(changes: Changes | undefined, park: Park | undefined): AdvanceWrite {
    const write: { -readonly [K in keyof AdvanceWrite]: AdvanceWrite[K] } = {
      kind: 'advance',
      gid: this.lease.gid,
      epoch: this.lease.epoch,
      branches: changes?.branches ?? [],
    };
    if (changes?.status) write.status = changes.status;
    if (changes?.rollbackReason !== undefined) write.rollbackReason = changes.rollbackReason;
    if (park) write.park = park;
    return write;
  }

  private async park(dueInMs: number | null): Promise<RunEnd> {
    const { intervalMs, attempts, lastError } = this.state;
    const changes = changesBetween(this.durable, this.state);
    if (!(await this.record(changes, { dueInMs, intervalMs, attempts, lastError }))) return this.lost();
    const hasEnded = isFinalStatus(this.state.status) && !this.hadEnded;
    const finishedAfterMs = hasEnded ? this.now() - this.state.createdAt : null;
    return { state: this.state, stale: false, dueInMs, finishedAfterMs };
  }

  /** Whole milliseconds, upwards: a store that drops the fraction would make it due too early. */
  private untilInMs(until: Instant): number {
    return Math.ceil(Math.max(until - this.now(), 0));
  }

  private lost(): RunEnd {
    this.environment.incidents.stale(this.state);
    return { state: this.state, stale: true, dueInMs: null, finishedAfterMs: null };
  }

  private fold(event: TransactionEvent): void {
    this.state = evolve(this.mode, this.state, event);
  }

  /** The store's time, measured on from when it was last told. */
  private now(): Instant {
    return this.environment.clock.monotonicMs() + this.clockOffsetMs;
  }

  private reach(point: FaultPoint): Promise<void> | undefined {
    return this.environment.faults?.reach(point, this.state.gid);
  }

  private reachStored(before: TransactionState, after: TransactionState): Promise<void> | undefined {
    if (before.status !== after.status) return this.reach(pointAfter(after.status));
    if (before.branches !== after.branches) {
      return this.reach(after.status === 'aborting' ? 'compensation-stored' : 'outcome-stored');
    }
    return undefined;
  }
}
