import { InvalidRequestError, type TransactionRequest } from '@nestjs-dtx/protocol';
import {
  acceptForceStop,
  acceptPrepare,
  acceptSubmit,
  refuseAbort,
  refuseInvalid,
  refuseRegistration,
  refuseUnknown,
} from '../accept';
import type { Acceptance, Command, Facts, Refusal, StoredTransaction } from '../command';
import { createPrepared, createSubmitted } from '../prepared';
import { delayMs } from './delay';
import { msgBranches } from './rows';

/** Commands to a 2-phase message (spec 2.5–2.7): it can be taken back only while it is prepared. */
export function acceptMsg(command: Command, stored: StoredTransaction | undefined, facts: Facts): Acceptance {
  switch (command.kind) {
    case 'prepare':
      return stored ? acceptPrepare(stored, command.request, unreachable) : prepare(command.request, facts);
    case 'submit':
      return submit(command.request, stored, facts);
    case 'abort':
      return stored ? abort(stored) : refuseUnknown(command.gid);
    case 'register':
      return refuseRegistration(command, stored);
    case 'forceStop':
      return stored ? acceptForceStop(stored) : refuseUnknown(command.gid);
  }
}

/** Without a check-back nobody could tell what became of the local transaction: dtm takes it for committed (Q12). */
function prepare(request: TransactionRequest, facts: Facts): Acceptance {
  if (request.queryPrepared === '') {
    return refuseInvalid('query_prepared', 'must be set: it is asked whether the local transaction was committed');
  }
  const delay = delayOf(request);
  if (typeof delay !== 'number') return delay;
  const branches = msgBranches(request, facts);
  if (!branches) return NO_TOPIC;
  return { accept: 'create', transaction: createPrepared('msg', request, branches, facts), start: false };
}

/** A delayed message is not started: its first visit is its start. */
function submit(request: TransactionRequest, stored: StoredTransaction | undefined, facts: Facts): Acceptance {
  const delay = delayOf(request);
  if (typeof delay !== 'number') return delay;
  if (!stored) {
    const branches = msgBranches(request, facts);
    if (!branches) return NO_TOPIC;
    const transaction = createSubmitted('msg', request, branches);
    if (delay === 0) return { accept: 'create', transaction, start: true };
    return { accept: 'create', transaction: { ...transaction, firstVisitAfterMs: delay }, start: false };
  }
  const accepted = acceptSubmit(stored, request, unreachable);
  return accepted.accept === 'change' && delay > 0 ? { ...accepted, start: false, visitAfterMs: delay } : accepted;
}

function abort(stored: StoredTransaction): Acceptance {
  if (stored.status !== 'prepared') return refuseAbort(stored);
  return { accept: 'change', from: 'prepared', to: 'failed', patch: {}, start: false };
}

/** The text is the protocol's (spec 2.5). */
const NO_TOPIC: Refusal = { accept: 'refuse', kind: 'unknown', message: 'topic not found' };

function delayOf({ customData }: TransactionRequest): number | Refusal {
  try {
    return delayMs(customData);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return refuseInvalid(error.field, error.message.slice(error.field.length + 1));
  }
}

/** A stored transaction is never created again. */
function unreachable(): never {
  throw new Error('a stored transaction cannot be created');
}
