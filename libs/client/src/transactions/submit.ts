import { mapHttpOutcome } from '@nestjs-dtx/protocol';
import { CoordinatorUnreachableError } from '../errors/coordinator-unreachable.error';
import { NotFinishedError } from '../errors/not-finished.error';
import { TransactionFailedError } from '../errors/transaction-failed.error';
import type { Answer } from '../http/coordinator-link';
import type { Delivery } from '../http/deliver';
import { refusal, type CoordinatorApi } from './coordinator-api';
import { isSuccess } from './is-success';

/** The part of a submit's body that decides what its answer means. */
export interface SubmitRequest {
  readonly gid: string;
  readonly wait_result?: boolean;
}

/** What a submit tells about a transaction that the coordinator has taken, or, with `waitResult`, has completed. */
export interface SubmittedTransaction {
  readonly gid: string;
}

/**
 * Submits a transaction and finds out what became of it. Only a success says it all: a 409 stands for rolled back, for not
 * finished (Q3) and for "succeeded long ago" after a lost answer (Q46), and silence for anything. So all else is settled by
 * a query.
 *
 * @returns when the coordinator has the transaction; with `wait_result`, when it has succeeded
 * @throws TransactionFailedError, NotFinishedError, CoordinatorRefusedError, CoordinatorUnreachableError
 */
export async function submitTransaction(api: CoordinatorApi, request: SubmitRequest): Promise<void> {
  const { gid, wait_result: waits = false } = request;
  const delivery = await api.command('/submit', request, { waits });
  if (delivery.answer && isSuccess(delivery.answer)) return;
  if (!delivery.uncertain && !(delivery.answer && mayBeStored(delivery.answer))) throw notTaken(api, gid, delivery);
  const stored = await storedTransaction(api, gid, delivery);
  switch (stored?.status) {
    case 'succeed':
      return;
    case 'submitted':
      if (!waits) return;
      throw new NotFinishedError(gid, stored.last_error ?? '');
    case 'aborting':
    case 'failed':
      throw new TransactionFailedError(gid, stored.status, stored.rollback_reason ?? '');
    default:
      throw notTaken(api, gid, delivery);
  }
}

/** A result word speaks of the transaction, a server error may come after it was stored; any other answer refuses the request. */
function mayBeStored(answer: Answer): boolean {
  const { kind } = mapHttpOutcome(answer, { substring: false });
  return kind !== 'error' || answer.status >= 500;
}

async function storedTransaction(api: CoordinatorApi, gid: string, delivery: Delivery) {
  try {
    return (await api.lookUp(gid)).transaction;
  } catch (cause) {
    const call = { coordinator: api.url, gid, outcome: 'unknown' } as const;
    throw new CoordinatorUnreachableError(call, { cause: delivery.lastFailure ?? cause });
  }
}

/** The coordinator does not have it; but a try without an answer may still be on its way. */
function notTaken(api: CoordinatorApi, gid: string, { answer, uncertain, lastFailure }: Delivery): Error {
  const refused = answer && refusal(answer);
  if (refused && !uncertain) return refused;
  const outcome = uncertain ? 'unknown' : 'not-submitted';
  return new CoordinatorUnreachableError({ coordinator: api.url, gid, outcome }, { cause: refused ?? lastFailure });
}
