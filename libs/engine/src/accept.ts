import { isFinalStatus, type GlobalStatus, type TransactionRequest } from '@nestjs-dtx/protocol';
import type { Acceptance, Command, NewTransaction, Refusal, StoredTransaction, TransactionPatch } from './command';

/*
 * The parts of accepting a command that all modes share (spec 2.5, 2.6, 5.6). The texts are the protocol's, the
 * misspelling "sumbmit" included.
 */

/** `prepare`: idempotent while prepared, refused afterwards. */
export function acceptPrepare(
  stored: StoredTransaction | undefined,
  request: TransactionRequest,
  create: () => NewTransaction,
): Acceptance {
  if (stored === undefined) return { accept: 'create', transaction: create(), start: false };
  if (stored.transType !== request.transType) return otherType(stored, 'prepare');
  if (stored.status === 'prepared') return { accept: 'repeat', start: false };
  return refuse(`current status '${stored.status}', cannot prepare. FAILURE`);
}

/** `submit` of saga, msg, tcc and xa. Options and custom data of the submit win over those of the prepare (Q14). */
export function acceptSubmit(
  stored: StoredTransaction | undefined,
  request: TransactionRequest,
  create: () => NewTransaction,
): Acceptance {
  if (stored === undefined) return { accept: 'create', transaction: create(), start: true };
  if (stored.transType !== request.transType) return otherType(stored, 'sumbmit');
  switch (stored.status) {
    case 'prepared':
      return { accept: 'change', from: 'prepared', to: 'submitted', patch: submitPatch(request), start: true };
    case 'submitted':
      return { accept: 'repeat', start: true, status: 'submitted' };
    default:
      return refuse(`current status '${stored.status}', cannot sumbmit. FAILURE`);
  }
}

/** `abort` where the mode or the status does not allow it (spec 2.7, step 3). */
export function refuseAbort(stored: StoredTransaction): Refusal {
  return refuse(`trans type: '${stored.transType}' current status '${stored.status}', cannot abort. FAILURE`);
}

/** `abort` of tcc and xa: rolls back what was registered (spec 2.7, step 4). */
export function acceptAbort(stored: StoredTransaction, rollbackReason: string): Acceptance {
  if (stored.status === 'aborting') return { accept: 'repeat', start: true, status: 'aborting' };
  if (stored.status !== 'prepared') return refuseAbort(stored);
  const patch = rollbackReason === '' ? {} : { rollbackReason };
  return { accept: 'change', from: 'prepared', to: 'aborting', patch, start: true };
}

/** A registration for a transaction that does not exist, has another type, or is no longer prepared (spec 2.8, Q28). */
export function refuseRegistration(
  command: Extract<Command, { kind: 'register' }>,
  stored?: StoredTransaction,
): Refusal {
  if (stored?.status === 'prepared' && stored.transType !== command.transType) {
    return refuse(
      `trans type: '${stored.transType}', cannot register a branch of type '${command.transType}'. FAILURE`,
    );
  }
  return refuse(`no trans with gid: ${command.gid} status: prepared found FAILURE`);
}

/** `forceStop`: any transaction that is not final becomes failed, and nothing is compensated (spec 2.7). */
export function acceptForceStop(stored: StoredTransaction): Acceptance {
  if (isFinalStatus(stored.status)) {
    return refuse(`global transaction force stop error. status: ${stored.status}. error: FAILURE`);
  }
  return { accept: 'change', from: stored.status, to: 'failed', patch: {}, start: false };
}

/** A business refusal: 409 with this text. */
export function refuse(message: string): Refusal {
  return { accept: 'refuse', kind: 'conflict', message };
}

/** A command for a gid that does not exist. */
export function refuseUnknown(gid: string): Refusal {
  return { accept: 'refuse', kind: 'unknown', message: `no TransGlobal with gid: ${gid} found` };
}

/** A request whose content makes no sense to the mode. */
export function refuseInvalid(field: string, problem: string): Refusal {
  return { accept: 'refuse', kind: 'invalid', field, message: `${field} ${problem}` };
}

function otherType(stored: { readonly transType: string; readonly status: GlobalStatus }, verb: string): Refusal {
  return refuse(`trans type: '${stored.transType}' current status '${stored.status}', cannot ${verb}. FAILURE`);
}

/** Options and custom data of a submit, for the row that its prepare has stored. */
export function submitPatch(request: TransactionRequest): TransactionPatch {
  return {
    ...(Object.keys(request.options).length > 0 && { options: request.options }),
    ...(request.customData !== '' && { customData: request.customData }),
  };
}
