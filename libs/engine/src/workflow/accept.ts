import { InvalidRequestError, isFinalStatus, type TransactionRequest } from '@nestjs-dtx/protocol';
import { acceptForceStop, refuseAbort, refuseInvalid, refuseRegistration, refuseUnknown } from '../accept';
import type { Acceptance, Command, Facts, NewTransaction, Refusal, StoredTransaction } from '../command';
import { baseIntervalMs } from '../retry';
import { workflowCustomData } from './custom-data';

/**
 * Commands to a workflow: a log of progress whose rules are those of the SDK (spec 5.5). It is prepared once, whatever its
 * status or type is by then, and submitted with the outcome.
 */
export function acceptWorkflow(command: Command, stored: StoredTransaction | undefined, facts: Facts): Acceptance {
  switch (command.kind) {
    case 'prepare':
      return stored ? { accept: 'repeat', start: false } : prepare(command.request, facts);
    case 'submit':
      return submit(command.request, stored);
    case 'abort':
      return stored ? refuseAbort(stored) : refuseUnknown(command.gid);
    case 'register':
      if (stored?.status !== 'prepared' || stored.transType !== command.transType) {
        return refuseRegistration(command, stored);
      }
      // Two executions of one workflow must learn of each other: a second record of a step is refused, even an equal one.
      return {
        accept: 'append',
        transType: 'workflow',
        branches: command.branches,
        idempotent: false,
        interrupts: false,
      };
    case 'forceStop':
      return stored ? acceptForceStop(stored) : refuseUnknown(command.gid);
  }
}

/** First called back after the base interval: until then its first execution is given time (Q16). */
function prepare(request: TransactionRequest, { settings }: Facts): Acceptance {
  try {
    workflowCustomData(request.customData);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return refuseInvalid(error.field, error.message.slice(error.field.length + 1));
  }
  const { gid, protocol, queryPrepared, customData, businessKey, options } = request;
  const transaction: NewTransaction = {
    gid,
    transType: 'workflow',
    status: 'prepared',
    protocol,
    queryPrepared,
    customData,
    businessKey,
    options,
    branches: [],
    firstVisitAfterMs: baseIntervalMs(options, settings),
  };
  return { accept: 'create', transaction, start: false };
}

/** The outcome is `succeed` or `failed` (Q20); a repetition of the same is answered as the first. */
function submit(request: TransactionRequest, stored: StoredTransaction | undefined): Acceptance {
  const { status, rollback_reason: rollbackReason = '', result = '' } = request.reqExtra;
  if (status !== 'succeed' && status !== 'failed') {
    return refuseInvalid('req_extra.status', 'must be succeed or failed');
  }
  if (stored?.transType !== 'workflow') return OUTCOME_NOT_FOUND;
  if (isFinalStatus(stored.status)) {
    if (stored.status !== status) return OUTCOME_NOT_FOUND;
    // Of two executions that end at once only one has given its result: the other must not believe that it was its own.
    return { accept: 'repeat', start: false, same: { result, rollbackReason } };
  }
  const patch = { ...(rollbackReason && { rollbackReason }), ...(result && { result }) };
  return { accept: 'change', from: 'prepared', to: status, patch, start: false };
}

/** There is no prepared workflow to which this outcome could be given. The text is the protocol's (spec 2.6). */
export const OUTCOME_NOT_FOUND: Refusal = { accept: 'refuse', kind: 'unknown', message: 'storage: NotFound' };
