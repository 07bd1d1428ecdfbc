import type { GlobalStatus, TransType } from '@nestjs-dtx/protocol';

/** Finished transactions to be made: number `first` to `last`, the oldest first. */
export interface HistoryPart {
  readonly first: number;
  readonly last: number;
}

/** What {@link fillHistory} writes with. */
export interface HistoryWriter {
  /** Stores one part in one transaction of the database. */
  write(part: HistoryPart): Promise<void>;
  /** Brings the statistics of the planner up to date. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

/** Transaction number n was created at `startMs + n * stepMs`. Epoch milliseconds, not necessarily whole. */
export interface HistoryTimes {
  readonly startMs: number;
  readonly stepMs: number;
}

/** Branch rows of each: two steps, each with action and compensation. */
export const BRANCHES = ['01', '02'].flatMap((branchId) =>
  ['compensate', 'action'].map((op) => ({ branchId, op, url: `http://127.0.0.1:8080/accounts/${branchId}/${op}` })),
);
export const PAYLOAD = '{"from":"alice","to":"bob","amount":30,"currency":"EUR","reference":"order 4711"}';

/** One of a thousand fails, and all but one of a hundred are sagas: listings of the others have to find few among many. */
export const FAILED_EVERY = 1000;
export const RARE_EVERY = 100;
export const COMMON_TYPE: TransType = 'saga';
export const RARE_TYPE: TransType = 'msg';

/** One of ten has a key that they share, and one of five thousand another one. */
export const COMMON_KEY = 'shop';
export const COMMON_KEY_EVERY = 10;
export const RARE_KEY = 'order-4711';
export const RARE_KEY_EVERY = 5000;

export const typeOf = (n: number): TransType => (n % RARE_EVERY === 0 ? RARE_TYPE : COMMON_TYPE);
export const statusOf = (n: number): GlobalStatus => (n % FAILED_EVERY === 0 ? 'failed' : 'succeed');
export function keyOf(n: number): string {
  if (n % RARE_KEY_EVERY === 0) return RARE_KEY;
  return n % COMMON_KEY_EVERY === 0 ? COMMON_KEY : '';
}
/** Sorts as the number does, so that it is appended to its index like the time-ordered gids of real ones. */
export const gidOf = (n: number): string => `history-${String(n).padStart(10, '0')}`;
