import { InvalidRequestError, type TransactionRequest } from '@nestjs-dtx/protocol';
import { acceptForceStop, acceptPrepare, acceptSubmit, refuseAbort, refuseInvalid, refuseUnknown } from '../accept';
import type { Acceptance, Command, NewTransaction, StoredTransaction } from '../command';
import { sagaGraph } from './plan';
import { sagaBranches, stepCount } from './rows';

/** Commands to a saga (spec 2.5–2.7): it cannot be aborted by its client, only by a refusing step. */
export function acceptSaga(command: Command, stored: StoredTransaction | undefined): Acceptance {
  switch (command.kind) {
    case 'prepare':
    case 'submit': {
      const { request } = command;
      const problem = orderProblem(request, stored);
      if (problem) return refuseInvalid(problem.field, problem.message.slice(problem.field.length + 1));
      return command.kind === 'prepare'
        ? acceptPrepare(stored, request, () => newSaga(request, 'prepared'))
        : acceptSubmit(stored, request, () => newSaga(request, 'submitted'));
    }
    case 'abort':
      return stored ? refuseAbort(stored) : refuseUnknown(command.gid);
    case 'forceStop':
      return stored ? acceptForceStop(stored) : refuseUnknown(command.gid);
  }
}

/** Orders are checked against the steps that will run: the stored ones, if the saga was prepared before. */
function orderProblem(
  request: TransactionRequest,
  stored: StoredTransaction | undefined,
): InvalidRequestError | undefined {
  try {
    sagaGraph(request.customData, stored ? stepCount(stored.branchCount) : request.steps.length);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidRequestError) return error;
    throw error;
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
    options: request.options,
    branches: sagaBranches(request),
  };
}
