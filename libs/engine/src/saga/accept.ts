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
import type { Acceptance, Command, NewTransaction, StoredTransaction } from '../command';
import { sagaGraph } from './plan';
import { sagaBranches, stepCount } from './rows';

/** Commands to a saga (spec 2.5–2.7): it cannot be aborted by its client, only by a refusing step. */
export function acceptSaga(command: Command, stored: StoredTransaction | undefined): Acceptance {
  switch (command.kind) {
    case 'prepare':
      return checked(
        acceptPrepare(stored, command.request, () => newSaga(command.request, 'prepared')),
        command.request,
        stored,
      );
    case 'submit':
      return checked(
        acceptSubmit(stored, command.request, () => newSaga(command.request, 'submitted')),
        command.request,
        stored,
      );
    case 'abort':
      return stored ? refuseAbort(stored) : refuseUnknown(command.gid);
    case 'register':
      return refuseRegistration(command, stored);
    case 'forceStop':
      return stored ? acceptForceStop(stored) : refuseUnknown(command.gid);
  }
}

/**
 * Refuses orders that make no sense, if they would be stored: they are checked against the steps that will run, which are
 * the stored ones of a saga that was prepared before.
 */
function checked(accepted: Acceptance, request: TransactionRequest, stored: StoredTransaction | undefined): Acceptance {
  if (accepted.accept !== 'create' && accepted.accept !== 'change') return accepted;
  try {
    sagaGraph(request.customData, stored ? stepCount(stored.branchCount) : request.steps.length);
    return accepted;
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return refuseInvalid(error.field, error.message.slice(error.field.length + 1));
  }
}

function newSaga(request: TransactionRequest, status: NewTransaction['status']): NewTransaction {
  return {
    gid: request.gid,
    transType: 'saga',
    status,
    protocol: request.protocol,
    queryPrepared: request.queryPrepared,
    customData: request.customData,
    businessKey: request.businessKey,
    options: request.options,
    branches: sagaBranches(request),
  };
}
