import type { Outcome } from '@nestjs-dtx/protocol';
import { changesBetween, type Changes } from './changes';
import type { Acceptance, Command, StoredTransaction } from './command';
import type { BranchCall } from './decision';
import type { TransactionEvent } from './event';
import { evolve } from './evolve';
import type { Mode } from './mode';
import { nextDecision } from './next-decision';
import { baseIntervalMs } from './retry';
import { DEFAULT_ENGINE_SETTINGS } from './settings';
import { callKey, openState, type Instant, type TransactionSnapshot, type TransactionState } from './state';
import { ChoiceTape } from './choice-tape.spec-helper';

/** What happened, in order; the laws of a mode are checked against it. */
export type TraceEvent =
  /** A call has left for the service; `open` are the calls of the same run that have not come back. */
  | {
      readonly type: 'called';
      readonly at: Instant;
      readonly call: BranchCall;
      readonly stored: TransactionSnapshot;
      readonly open: string[];
    }
  | {
      readonly type: 'answered';
      readonly at: Instant;
      readonly call: BranchCall;
      readonly outcome: Outcome;
      readonly before: TransactionState;
      readonly after: TransactionState;
    }
  | { readonly type: 'deferred'; readonly call: BranchCall }
  | { readonly type: 'changed'; readonly before: TransactionState; readonly after: TransactionState }
  | { readonly type: 'stored'; readonly before: TransactionSnapshot; readonly after: TransactionSnapshot }
  | { readonly type: 'parked'; readonly until: Instant }
  /** A client's command, and what was accepted of it. */
  | { readonly type: 'commanded'; readonly command: Command; readonly accepted: Acceptance }
  /** The runner found that its transaction had been taken from it. */
  | { readonly type: 'stale' }
  | { readonly type: 'crashed' };

/** How a service answers a call; `deferred` means that the call was not made. */
export type Answer = Outcome | 'deferred';

/** What a simulation runs. */
export interface Scenario {
  readonly mode: Mode;
  /** Its first command, `prepare` or `submit`. */
  readonly begin: Extract<Command, { kind: 'prepare' | 'submit' }>;
  readonly tape: readonly number[];
  /** Answers a call. Absent: any outcome, by the tape. */
  readonly answer?: (call: BranchCall, simulation: ModeSimulation) => Answer;
  /** The client's next action, if it has one left; asked whenever time passes. */
  readonly client?: (simulation: ModeSimulation) => void;
}

interface OpenCall {
  readonly call: BranchCall;
  readonly outcome: Answer;
}

class Crash extends Error {}
class Stale extends Error {}

const FACTS = { settings: DEFAULT_ENGINE_SETTINGS };
const CREATED_AT: Instant = 1_000_000;
const LEASE_MS = 10_000;
const MAX_VISITS = 500;
const MAX_DECISIONS = 2000;

export const SUCCESS: Outcome = { kind: 'success', text: '' };
export const FAILURE: Outcome = { kind: 'failure', status: 409, text: 'sold out FAILURE' };
export const ONGOING: Outcome = { kind: 'ongoing', status: 425, text: 'ONGOING' };
export const ERROR: Outcome = { kind: 'error', status: 500, text: 'status 500: ' };

/** Operations that must not refuse do it as well: an incident. */
const OUTCOMES: readonly [Answer, ...Answer[]] = [
  ...([SUCCESS, SUCCESS, SUCCESS, SUCCESS] as const),
  ...([FAILURE, ONGOING, ERROR, 'deferred'] as const),
];

/**
 * Runs one transaction to its end as the coordinator does: decide, perform, record durably, decide again; with a clock,
 * services, a client, a store and a process of its own that fail as the scenario's tape says. What is durable changes in
 * {@link record} and {@link command} only.
 */
export class ModeSimulation {
  readonly trace: TraceEvent[] = [];
  readonly tape: ChoiceTape;
  /** What a coordinator finds in the store. */
  stored: TransactionSnapshot;
  now = CREATED_AT;
  /** Goes up whenever somebody takes the transaction from whoever works on it. */
  private epoch = 0;

  constructor(private readonly scenario: Scenario) {
    this.tape = new ChoiceTape(scenario.tape);
    const accepted = scenario.mode.accept(scenario.begin, undefined, FACTS);
    if (accepted.accept !== 'create') throw new Error(`it was not accepted: ${JSON.stringify(accepted)}`);
    const { transaction } = accepted;
    this.stored = {
      ...transaction,
      createdAt: CREATED_AT,
      rollbackReason: '',
      intervalMs: baseIntervalMs(transaction.options, DEFAULT_ENGINE_SETTINGS),
      attempts: 0,
      lastError: '',
    };
  }

  /** What the store makes of a command that comes in now. */
  command(command: Command): Acceptance {
    const { transType, status, branches } = this.stored;
    const stored: StoredTransaction = { transType, status, branchCount: branches.length };
    const accepted = this.scenario.mode.accept(command, stored, FACTS);
    if (accepted.accept === 'change') this.change(accepted);
    if (accepted.accept === 'append') {
      this.stored = { ...this.stored, branches: [...branches, ...accepted.branches] };
      if (accepted.interrupts) this.epoch += 1;
    }
    this.trace.push({ type: 'commanded', command, accepted });
    return accepted;
  }

  /** @throws Error when it does not come to rest */
  run(): this {
    for (let visit = 0; visit < MAX_VISITS; visit += 1) {
      try {
        const due = this.visit();
        if (due === undefined) return this;
        this.trace.push({ type: 'parked', until: due });
        if (!this.clientComesBefore(due)) this.now = Math.max(this.now, due) + this.tape.pick([0, 400, 1500]);
      } catch (error) {
        if (error instanceof Stale) this.trace.push({ type: 'stale' });
        else if (error instanceof Crash) this.trace.push({ type: 'crashed' });
        else throw error;
        if (error instanceof Crash) this.now += LEASE_MS;
      }
    }
    throw new Error(`still ${this.stored.status} after ${MAX_VISITS} visits`);
  }

  /** One run under one lease. @returns when it wants to be visited again */
  private visit(): Instant | undefined {
    const open: OpenCall[] = [];
    const epoch = this.epoch;
    let state = openState(this.stored, DEFAULT_ENGINE_SETTINGS);
    let durable = state;
    const record = (): void => {
      this.mayCrash();
      if (this.epoch !== epoch) throw new Stale();
      this.record(durable, state);
      durable = state;
      this.mayCrash();
    };
    for (let round = 0; round < MAX_DECISIONS; round += 1) {
      this.clientActs();
      const decision = nextDecision(this.scenario.mode, state, this.now);
      switch (decision.do) {
        case 'change':
          state = this.turn(state, decision.to, decision.reason);
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

  private turn(state: TransactionState, to: TransactionState['status'], reason?: string): TransactionState {
    const after = this.fold(state, { type: 'changed', to, ...(reason !== undefined && { reason }) });
    this.trace.push({ type: 'changed', before: state, after });
    return after;
  }

  /** A client's change takes the transaction from whoever works on it (design 3.2). */
  private change({ to, patch }: Extract<Acceptance, { accept: 'change' }>): void {
    const before = this.stored;
    this.stored = {
      ...before,
      status: to,
      options: { ...before.options, ...patch.options },
      customData: patch.customData ?? before.customData,
      rollbackReason: patch.rollbackReason ?? before.rollbackReason,
    };
    this.epoch += 1;
    this.trace.push({ type: 'stored', before, after: this.stored });
  }

  /** @returns whether the client did something before the next visit that makes one necessary at once */
  private clientComesBefore(due: Instant): boolean {
    if (!this.scenario.client) return false;
    const epoch = this.epoch;
    for (let action = 0; action < 4 && this.epoch === epoch && this.now < due; action += 1) {
      this.now = Math.min(due, this.now + this.tape.pick([0, 1000, 10_000, 40_000]));
      this.clientActs();
    }
    return this.epoch !== epoch;
  }

  private clientActs(): void {
    if (this.scenario.client && this.tape.oneIn(3)) this.scenario.client(this);
  }

  private start(call: BranchCall, open: readonly OpenCall[]): OpenCall {
    this.mayCrash();
    const { stored } = this;
    const outcome = call.url === '' ? SUCCESS : (this.scenario.answer?.(call, this) ?? this.tape.pick(OUTCOMES));
    if (outcome !== 'deferred') {
      this.trace.push({ type: 'called', at: this.now, call, stored, open: open.map((other) => callKey(other.call)) });
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
    this.trace.push({ type: 'answered', at: this.now, call, outcome, before: state, after });
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
    return evolve(this.scenario.mode, state, event);
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
