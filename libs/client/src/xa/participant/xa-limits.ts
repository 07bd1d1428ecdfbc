import { childBranchId, DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** How much of a database xa transactions may take. */
export interface XaLimits {
  /**
   * Branches at work at once, where each holds a connection of `database.open()`. Transactions that have a prepared branch here
   * are not counted: leave connections for them, about as many again.
   * @default 8
   */
  readonly atOnce?: number;
  /**
   * Seconds for which a branch waits for its turn, and then for each locked row. Two transactions that wait for each other in two
   * databases are seen by neither: only this ends it before their timeout does. A branch whose transaction holds rows already
   * gives up after a random part of it, so that of those that wait for each other mostly one goes on. Keep it below the time
   * that initiators give a branch, and well below the timeout of transactions.
   * @default 3
   */
  readonly lockWaitSeconds?: number;
}

const DEFAULT_AT_ONCE = 8;
const DEFAULT_LOCK_WAIT = 3;
/** The one branch that is at work when its transaction holds nothing yet. */
const FIRST_BRANCH = childBranchId('', 1);
/** A day. */
const MOST_LOCK_WAIT = 86_400;

/** @throws DtxError `DTX_INVALID_CONFIG` naming the wrong option */
export function checkXaLimits({ atOnce, lockWaitSeconds }: XaLimits): Required<XaLimits> {
  return {
    atOnce: whole('atOnce', atOnce ?? DEFAULT_AT_ONCE, Number.MAX_SAFE_INTEGER),
    lockWaitSeconds: whole('lockWaitSeconds', lockWaitSeconds ?? DEFAULT_LOCK_WAIT, MOST_LOCK_WAIT),
  };
}

/** @returns whole seconds, from 1: not every database knows parts of them */
export function lockWaitOf(branchId: string, { lockWaitSeconds }: Pick<Required<XaLimits>, 'lockWaitSeconds'>): number {
  return branchId === FIRST_BRANCH ? lockWaitSeconds : 1 + Math.floor(Math.random() * lockWaitSeconds);
}

function whole(option: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= most) return value;
  throw new DtxError(ERROR_CODES.invalidConfig, `${option} must be a whole number from 1, not ${String(value)}`);
}
