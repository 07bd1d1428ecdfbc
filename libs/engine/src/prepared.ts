import type { TransactionRequest, TransType } from '@nestjs-dtx/protocol';
import type { Facts, NewTransaction } from './command';
import { REST, type Decision } from './decision';
import type { Branch, Instant, TransactionState } from './state';
import { isTimedOut, timeoutAt, timeoutInEffect } from './timeout';

/**
 * A transaction that waits for its client until it times out (tcc, xa, msg). It is visited then, and not before its own
 * retry interval has passed, which is when dtm visits it first (spec 6.3).
 */
export function createPrepared(
  transType: TransType,
  request: TransactionRequest,
  branches: readonly Branch[],
  { settings }: Facts,
): NewTransaction {
  const { gid, protocol, queryPrepared, customData, businessKey, options } = request;
  const seconds = Math.max(options.retryInterval ?? 0, timeoutInEffect(transType, options, settings));
  const firstVisitAfterMs = seconds * 1000;
  return {
    gid,
    transType,
    status: 'prepared',
    protocol,
    queryPrepared,
    customData,
    businessKey,
    options,
    branches,
    firstVisitAfterMs,
  };
}

/** A transaction that is submitted without having been prepared. */
export function createSubmitted(
  transType: TransType,
  request: TransactionRequest,
  branches: readonly Branch[],
): NewTransaction {
  const { gid, protocol, queryPrepared, customData, businessKey, options } = request;
  return { gid, transType, status: 'submitted', protocol, queryPrepared, customData, businessKey, options, branches };
}

/** @returns the decision on a prepared transaction that has not timed out yet, `undefined` when it has. */
export function untilTimeout(state: TransactionState, now: Instant): Decision | undefined {
  if (isTimedOut(state, now)) return undefined;
  const until = timeoutAt(state);
  return until === undefined ? REST : { do: 'wait', until };
}
