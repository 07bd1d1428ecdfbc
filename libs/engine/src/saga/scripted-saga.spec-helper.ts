import {
  DEFAULT_LIMITS,
  mapHttpOutcome,
  parseTransactionRequest,
  transportError,
  type Outcome,
} from '@nestjs-dtx/protocol';
import type { Decision } from '../decision';
import { evolve } from '../evolve';
import type { WaitResult } from '../mode';
import { baseIntervalMs } from '../retry';
import { DEFAULT_ENGINE_SETTINGS } from '../settings';
import { openState, type Instant, type TransactionState } from '../state';
import { sagaMode } from './saga.mode';

/** What a service answers; the text of `fail` is the reason. */
export type Answer = 'ok' | 'wait' | 'err' | 'lost' | `fail ${string}`;

/** Answers per call, one after the other, by names as `01 action`. Calls that are not listed answer ok. */
export type Script = Readonly<Record<string, readonly Answer[]>>;

/** Body of a two-step saga, as it comes over the wire. */
export const transfer = (fields: object = {}): object => ({
  gid: 'trip-5',
  trans_type: 'saga',
  steps: [
    { action: 'http://busi/out', compensate: 'http://busi/out.rev' },
    { action: 'http://busi/in', compensate: 'http://busi/in.rev' },
  ],
  payloads: ['{"amount":30}', '{"amount":30}'],
  ...fields,
});

/** One saga under a scripted set of services: every call is answered at once, in the order in which they were made. */
export class ScriptedSaga {
  /** All calls so far, as `01 action`; a comma joins those that were made together. */
  readonly calls: string[] = [];
  now: Instant = 0;
  state: TransactionState;
  private readonly script: Map<string, Answer[]>;

  constructor(body: object, script: Script = {}) {
    const request = parseTransactionRequest(body, DEFAULT_LIMITS);
    const accepted = sagaMode.accept({ kind: 'submit', request }, undefined, { settings: DEFAULT_ENGINE_SETTINGS });
    if (accepted.accept !== 'create') throw new Error(`not accepted: ${JSON.stringify(accepted)}`);
    const intervalMs = baseIntervalMs(request.options, DEFAULT_ENGINE_SETTINGS);
    const fresh = { createdAt: this.now, rollbackReason: '', intervalMs, attempts: 0, lastError: '' };
    this.state = openState({ ...accepted.transaction, ...fresh }, DEFAULT_ENGINE_SETTINGS);
    this.script = new Map(Object.entries(script).map(([call, answers]) => [call, [...answers]]));
  }

  /** Rows as in the conformance table: P prepared, S succeed, F failed. */
  get rows(): string {
    return this.state.branches.map(({ status }) => status.charAt(0).toUpperCase()).join(' ');
  }

  get answer(): WaitResult {
    return sagaMode.answer(this.state, 'submit');
  }

  /** One run, from what is durable to the point where nothing is left to do. @returns seconds until the next visit */
  visit(atSeconds = this.now / 1000): number | undefined {
    this.now = atSeconds * 1000;
    this.state = openState(this.state, this.state.settings);
    for (;;) {
      const decision = sagaMode.decide(this.state, this.now);
      if (decision.do === 'rest') return undefined;
      if (decision.do === 'wait') return (decision.until - this.now) / 1000;
      this.perform(decision);
    }
  }

  private perform(decision: Decision): void {
    if (decision.do === 'change') {
      const reason = decision.reason === undefined ? {} : { reason: decision.reason };
      this.state = evolve(sagaMode, this.state, { type: 'changed', to: decision.to, ...reason });
      return;
    }
    if (decision.do !== 'call') throw new Error(`unexpected decision ${decision.do}`);
    this.calls.push(decision.calls.map(({ branchId, op }) => `${branchId} ${op}`).join(', '));
    this.state = evolve(sagaMode, this.state, { type: 'started', calls: decision.calls });
    for (const call of decision.calls) {
      const outcome =
        call.url === '' ? outcomeOf('ok') : outcomeOf(this.script.get(`${call.branchId} ${call.op}`)?.shift());
      this.state = evolve(sagaMode, this.state, { type: 'answered', call, outcome, now: this.now, spread: 0 });
    }
  }
}

function outcomeOf(answer: Answer = 'ok'): Outcome {
  switch (answer) {
    case 'ok':
      return mapHttpOutcome({ status: 200, body: '' });
    case 'wait':
      return mapHttpOutcome({ status: 425, body: '' });
    case 'err':
      return mapHttpOutcome({ status: 500, body: 'boom' });
    case 'lost':
      return transportError('no answer within 3000 ms');
    default:
      return mapHttpOutcome({ status: 409, body: answer.slice('fail '.length) });
  }
}
