import { DEFAULT_LIMITS, parseTransactionRequest, type BranchStatus, type Outcome } from '@nestjs-dtx/protocol';
import type { BranchCall, Decision } from '../decision';
import { evolve } from '../evolve';
import { DEFAULT_ENGINE_SETTINGS, type EngineSettings } from '../settings';
import { openState, type TransactionState } from '../state';
import { sagaBranches } from './rows';
import { sagaMode } from './saga.mode';

/** Time at which all states of these specs were created. */
export const CREATED_AT = 1_000_000;

const STATUSES: Readonly<Record<string, BranchStatus>> = { P: 'prepared', S: 'succeed', F: 'failed' };

export interface StateFields {
  readonly status?: TransactionState['status'];
  readonly options?: TransactionState['options'];
  readonly customData?: string;
  readonly intervalMs?: number;
  readonly rollbackReason?: string;
  readonly settings?: EngineSettings;
}

/** @param rows statuses in row order, as `P S P P`: two rows a step, compensate first */
export function sagaState(rows: string, fields: StateFields = {}): TransactionState {
  const statuses = rows === '' ? [] : rows.split(' ');
  const steps = Array.from({ length: statuses.length / 2 }, (_, step) => ({
    action: `http://busi/${step + 1}`,
    compensate: `http://busi/${step + 1}.rev`,
  }));
  const payloads = steps.map((_, step) => `payload ${step + 1}`);
  const request = parseTransactionRequest({ gid: 'trip-5', trans_type: 'saga', steps, payloads }, DEFAULT_LIMITS);
  const { settings = DEFAULT_ENGINE_SETTINGS, ...given } = fields;
  const branches = sagaBranches(request).map((branch, row) => ({
    ...branch,
    status: STATUSES[statuses[row] ?? 'P'] ?? 'prepared',
  }));
  const snapshot = {
    gid: 'trip-5',
    transType: 'saga',
    status: 'submitted',
    protocol: 'http',
    queryPrepared: '',
    customData: '',
    businessKey: '',
    options: {},
    createdAt: CREATED_AT,
    rollbackReason: '',
    intervalMs: 10_000,
    attempts: 0,
    lastError: '',
    branches,
  } as const;
  return openState({ ...snapshot, ...given }, settings);
}

/** @returns the rows of a state, in the notation of {@link sagaState}. */
export const rowsOf = (state: TransactionState): string =>
  state.branches.map(({ status }) => status.charAt(0).toUpperCase()).join(' ');

/** The call of a row by its name, as `01 action`. */
export function callTo(state: TransactionState, name: string): BranchCall {
  const row = state.branches.findIndex(({ branchId, op }) => `${branchId} ${op}` === name);
  const branch = state.branches[row];
  if (!branch) throw new Error(`there is no ${name}`);
  return { branchId: branch.branchId, op: branch.op, url: branch.url, payload: branch.payload, row };
}

/** The state after these calls were made. */
export const started = (state: TransactionState, ...names: string[]): TransactionState =>
  evolve(sagaMode, state, { type: 'started', calls: names.map((name) => callTo(state, name)) });

/** The state after a call has come back; it need not be in flight. */
export function answered(
  state: TransactionState,
  name: string,
  kind: Outcome['kind'],
  { now = CREATED_AT, spread = 0, text = kind === 'success' ? '' : `it was ${kind}` } = {},
): TransactionState {
  return evolve(sagaMode, state, { type: 'answered', call: callTo(state, name), outcome: { kind, text }, now, spread });
}

/** What is decided, with calls reduced to their names: `call 01 action, 02 action`. */
export function decided(state: TransactionState, now = CREATED_AT): string | Exclude<Decision, { do: 'call' }> {
  const decision = sagaMode.decide(state, now);
  if (decision.do !== 'call') return decision;
  return `call ${decision.calls.map(({ branchId, op }) => `${branchId} ${op}`).join(', ')}`;
}
