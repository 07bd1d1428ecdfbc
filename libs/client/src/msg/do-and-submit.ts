import { OPS, RESERVED_BRANCH_ID } from '@nestjs-dtx/protocol';
import type { BarrierInfo } from '../barrier/barrier-info';
import { branchOutcome } from '../branch/branch-caller';
import { isBranchFailure } from '../errors/branch-failure.error';
import { abortTransaction } from '../transactions/abort';
import { callSettings } from '../transactions/call-settings';
import type { Initiator } from '../transactions/initiator';
import { prepareTransaction } from '../transactions/prepare';
import type { MsgRequest } from './msg-request';
import { submitPrepared } from './submit-prepared';

/** A message that can be asked about. */
export type CheckedMsgRequest = MsgRequest & { readonly query_prepared: string };

/**
 * Sends a message if and only if a local transaction commits (spec 9.3): prepare, local transaction, submit. When the local
 * transaction fails in a way that does not say whether it committed, the check-back is asked here and now; whatever stays
 * open is asked by the coordinator after the timeout.
 *
 * @param local commits a transaction that holds the message's barrier row
 * @returns what the local transaction returns
 * @throws what it throws, or what prepare (then it was not run) and submit throw
 */
export async function doAndSubmit<T>(
  initiator: Initiator,
  request: CheckedMsgRequest,
  local: (info: BarrierInfo) => Promise<T>,
): Promise<T> {
  const info = { transType: 'msg', gid: request.gid, branchId: RESERVED_BRANCH_ID, op: OPS.msg };
  await prepareTransaction(initiator.api, request);
  let result: T;
  try {
    result = await local(info);
  } catch (error) {
    await settle(initiator, request, info, error);
    throw error;
  }
  await submitPrepared(initiator.api, request);
  return result;
}

/** Never throws: the error of the local transaction is the caller's, and the coordinator settles what stays open. */
async function settle(
  initiator: Initiator,
  request: CheckedMsgRequest,
  info: BarrierInfo,
  error: unknown,
): Promise<void> {
  try {
    const committed = isBranchFailure(error) ? false : await checkBack(initiator, request, info);
    if (committed === undefined) return;
    if (committed) await submitPrepared(initiator.api, request);
    else await abortTransaction(initiator.api, { gid: request.gid, trans_type: 'msg' });
  } catch {
    // The coordinator checks back after the timeout.
  }
}

/** @returns whether the local transaction was committed; undefined if that is still open */
async function checkBack(
  { api, branches }: Initiator,
  request: CheckedMsgRequest,
  info: BarrierInfo,
): Promise<boolean | undefined> {
  const reply = await branches.call({
    url: request.query_prepared,
    info: { ...info, dtm: api.url },
    method: 'GET',
    ...callSettings(request),
  });
  const { kind } = branchOutcome(reply, { substring: true });
  if (kind === 'success') return true;
  return kind === 'failure' ? false : undefined;
}
