import type { BranchCall, TransactionState } from '@nestjs-dtx/engine';
import type { Alert, AlertKind } from './alert';
import { MAX_ALERT_TEXT } from './alert';
import type { AlertHook } from './alert-hook';
import { isAlertDue } from './alert-rule';

/** What is wrong with a transaction, for whoever has to look. */
interface Trouble {
  readonly kind: AlertKind;
  readonly call: BranchCall | undefined;
  readonly error: string;
}

/** Decides which trouble of transactions is worth an alert (spec 6.6, design 3.4): for every kind of call alike. */
export class AlertService {
  constructor(
    private readonly hook: AlertHook,
    private readonly retryLimit: number,
  ) {}

  /** A call has failed once more. @param state after it */
  failed(state: TransactionState, call: BranchCall, error: string): void {
    if (isAlertDue(state.attempts, this.retryLimit)) this.push(state, { kind: 'retry', call, error });
  }

  /** A call was answered as its mode forbids: at once when that is new, then as any other. */
  forbidden(state: TransactionState, call: BranchCall, { error, isNew }: { error: string; isNew: boolean }): void {
    if (isNew || isAlertDue(state.attempts, this.retryLimit)) this.push(state, { kind: 'incident', call, error });
  }

  /** Nothing more will be done by itself: `max_attempts` was reached, or the rows make no sense to this version. Tell it once. */
  stuck(state: TransactionState): void {
    this.push(state, { kind: 'incident', call: undefined, error: state.lastError });
  }

  /** Brings what waits to the hook, for so long. Milliseconds. */
  close(timeoutMs: number): Promise<void> {
    return this.hook.close(timeoutMs);
  }

  private push(state: TransactionState, { kind, call, error }: Trouble): void {
    const alert: Alert = {
      gid: state.gid,
      status: state.status,
      branch: call?.url ?? '',
      error: error.slice(0, MAX_ALERT_TEXT),
      retry_count: state.attempts,
      kind,
      trans_type: state.transType,
      branch_id: call?.branchId ?? '',
      op: call?.op ?? '',
      business_key: state.businessKey,
      time: new Date().toISOString(),
    };
    this.hook.push(alert);
  }
}
