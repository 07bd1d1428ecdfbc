import type { Outcome } from '@nestjs-dtx/protocol';
import { changesBetween, type Changes } from '../changes';
import type { BranchCall } from '../decision';
import type { TransactionEvent } from '../event';
import { evolve } from '../evolve';
import { DEFAULT_ENGINE_SETTINGS } from '../settings';
import { callKey, openState, type Instant, type TransactionSnapshot, type TransactionState } from '../state';
import { ChoiceTape } from './choice-tape.spec-helper';
import type { SagaScenario } from './saga-scenario.spec-helper';
import { sagaMode } from './saga.mode';

/** What happened, in order; the laws of a saga are checked against it. */
export type TraceEvent =
  /** A call has left for the service; `open` are the calls of the same run that have not come back. */
  | {
      readonly type: 'called';
      readonly call: BranchCall;
      readonly stored: TransactionSnapshot;
      readonly open: string[];
    }
  | {
      readonly type: 'answered';
      readonly call: BranchCall;
      readonly outcome: Outcome;
      readonly before: TransactionState;
      readonly after: TransactionState;
    }
  | { readonly type: 'deferred'; readonly call: BranchCall }
  | { readonly type: 'changed'; readonly before: TransactionState; readonly after: TransactionState }
  | { readonly type: 'stored'; readonly before: TransactionSnapshot; readonly after: TransactionSnapshot }
  | { readonly type: 'parked'; readonly until: Instant }
  | { readonly type: 'crashed' };

type Answer = Outcome | 'deferred';

interface OpenCall {
  readonly call: BranchCall;
  readonly outcome: Answer;
}

class Crash extends Error {}

const CREATED_AT: Instant = 1_000_000;
const LEASE_MS = 10_000;
const MAX_VISITS = 500;
const MAX_DECISIONS = 2000;

const SUCCESS: Outcome = { kind: 'success', text: '' };
const FAILURE: Outcome = { kind: 'failure', status: 409, text: 'sold out FAILURE' };
const ONGOING: Outcome = { kind: 'ongoing', status: 425, text: 'ONGOING' };
const ERROR: Outcome = { kind: 'error', status: 500, text: 'status 500: ' };

/** Compensations may refuse as well: an incident. `deferred` means that the call was not made. */
const OUTCOMES: readonly [Answer, ...Answer[]] = [
  ...([SUCCESS, SUCCESS, SUCCESS, SUCCESS] as const),
  ...([FAILURE, ONGOING, ERROR, 'deferred'] as const),
];

/**
 * Runs one saga to its end as the coordinator does: decide, perform, record durably, decide again; with a clock, services,
 * a store and a process of its own that fail as the scenario's tape says. What is durable changes in {@link record} only.
 */
export class SagaSimulation {
  readonly trace: TraceEvent[] = [];
  /** What a coordinator finds in the store. */
  stored: TransactionSnapshot;
  private readonly tape: ChoiceTape;
  private now = CREATED_AT;

  constructor({ request, tape }: SagaScenario) {
    this.tape = new ChoiceTape(tape);
    const accepted = sagaMode.accept({ kind: 'submit', request }, undefined, { settings: DEFAULT_ENGINE_SETTINGS });
    if (accepted.accept !== 'create') throw new Error(`the saga was not accepted: ${JSON.stringify(accepted)}`);
    const { transaction } = accepted;
    this.stored = {
      ...transaction,
      createdAt: CREATED_AT,
      rollbackReason: '',
      intervalMs: (request.options.retryInterval ?? DEFAULT_ENGINE_SETTINGS.retryInterval) * 1000,
      attempts: 0,
      lastError: '',
    };
  }

  /** @throws Error when it does not come to rest */
  run(): this {
    for (let visit = 0; visit < MAX_VISITS; visit += 1) {
      try {
        const due = this.visit();
        if (due === undefined) return this;
        this.trace.push({ type: 'parked', until: due });
        this.now = Math.max(this.now, due) + this.tape.pick([0, 400, 1500]);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.trace.push({ type: 'crashed' });
        this.now += LEASE_MS;
      }
    }
    throw new Error(`still ${this.stored.status} after ${MAX_VISITS} visits`);
  }

  /** One run under one lease. @returns when it wants to be visited again */
  private visit(): Instant | undefined {
    const open: OpenCall[] = [];
    let state = openState(this.stored, DEFAULT_ENGINE_SETTINGS);
    let durable = state;
    const record = (): void => {
      this.mayCrash();
      this.record(durable, state);
      durable = state;
      this.mayCrash();
    };
    for (let round = 0; round < MAX_DECISIONS; round += 1) {
      const decision = sagaMode.decide(state, this.now);
      switch (decision.do) {
        case 'change':
          state = this.change(state, decision.to, decision.reason);
          break;
        case 'call':
          record();
          state = this.fold(state, { type: 'started', calls: decision.calls });
          for (const call of decision.calls) open.push(this.start(call, open));
          break;
        case 'await':
          record();
          state = this.wait(state, open, decision.until);
          break;
        case 'wait':
          record();
          this.park(state);
          return decision.until;
        case 'rest':
          record();
          return undefined;
      }
      // Answers may have come in while the runner was busy.
      while (open.length > 0 && this.tape.oneIn(5)) state = this.takeAnswer(state, open);
    }
    throw new Error(`no end of decisions in status ${state.status}`);
  }

  private change(state: TransactionState, to: TransactionState['status'], reason?: string): TransactionState {
    const after = this.fold(state, { type: 'changed', to, ...(reason !== undefined && { reason }) });
    this.trace.push({ type: 'changed', before: state, after });
    return after;
  }

  private start(call: BranchCall, open: readonly OpenCall[]): OpenCall {
    this.mayCrash();
    const outcome = call.url === '' ? SUCCESS : this.tape.pick(OUTCOMES);
    if (outcome !== 'deferred') {
      this.trace.push({ type: 'called', call, stored: this.stored, open: open.map((other) => callKey(other.call)) });
    }
    return { call, outcome };
  }

  /** Time passes until a call comes back, or until the runner wants to look again. */
  private wait(state: TransactionState, open: OpenCall[], until?: Instant): TransactionState {
    if (until !== undefined && this.tape.oneIn(4)) {
      this.now = Math.max(this.now, until);
      return state;
    }
    if (open.length === 0) throw new Error('awaits calls although none is open');
    this.now += this.tape.pick([0, 20, 900, 4000]);
    return this.takeAnswer(state, open);
  }

  private takeAnswer(state: TransactionState, open: OpenCall[]): TransactionState {
    const [first] = open.splice(this.tape.pick([0, 1, 2, 3]) % open.length, 1);
    if (!first) throw new Error('no call is open');
    this.mayCrash();
    const { call, outcome } = first;
    if (outcome === 'deferred') {
      this.trace.push({ type: 'deferred', call });
      return this.fold(state, { type: 'deferred', call, until: this.now + 500, reason: 'destination is full' });
    }
    const spread = this.tape.pick([0, 0.5, 0.99]);
    const after = this.fold(state, { type: 'answered', call, outcome, now: this.now, spread });
    this.trace.push({ type: 'answered', call, outcome, before: state, after });
    return after;
  }

  /** The one place where anything becomes durable. */
  private record(durable: TransactionState, state: TransactionState): void {
    const changes = changesBetween(durable, state);
    if (!changes) return;
    const before = this.stored;
    this.stored = applied(before, changes);
    this.trace.push({ type: 'stored', before, after: this.stored });
  }

  private park({ intervalMs, attempts, lastError }: TransactionState): void {
    this.stored = { ...this.stored, intervalMs, attempts, lastError };
  }

  private fold(state: TransactionState, event: TransactionEvent): TransactionState {
    return evolve(sagaMode, state, event);
  }

  private mayCrash(): void {
    if (this.tape.oneIn(16)) throw new Crash();
  }
}

function applied(stored: TransactionSnapshot, changes: Changes): TransactionSnapshot {
  return {
    ...stored,
    status: changes.status ?? stored.status,
    rollbackReason: changes.rollbackReason ?? stored.rollbackReason,
    branches: stored.branches.map((branch) => {
      const change = changes.branches.find(({ branchId, op }) => branchId === branch.branchId && op === branch.op);
      return change ? { ...branch, status: change.status } : branch;
    }),
  };
}
