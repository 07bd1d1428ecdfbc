import type { InDoubtSearch } from './in-doubt-search';
import type { XaSession } from './xa-session';

/** What became of the second phase: `unknown` if the database has no such branch, or does not let this session have it now. */
export type Ended = 'done' | 'unknown';

/** A branch that is prepared and not ended. */
export interface InDoubtBranch {
  readonly xid: string;
  /** Seconds since its work began, or since it was prepared. */
  readonly ageSeconds: number;
}

/** The statements of xa in one database. Every xid is checked by `xidOf` before it gets here. */
export interface XaEngine {
  /**
   * Opens the branch.
   *
   * @param lockWaitSeconds so long its statements wait for a lock
   * @returns `taken` when a branch of this name is at work or prepared
   */
  start(session: XaSession, xid: string, lockWaitSeconds: number): Promise<'started' | 'taken'>;
  /**
   * Stores the barrier row in the open branch.
   *
   * @param insert tells whether the row is new
   * @param lockWaitSeconds as for {@link start}: some databases can be told only here
   * @returns `taken` when another open transaction holds the row
   */
  storeRow(session: XaSession, insert: () => Promise<boolean>, lockWaitSeconds: number): Promise<boolean | 'taken'>;
  /** @throws when the work has ended the branch's transaction, or broken it without saying so */
  checkOpen(session: XaSession): Promise<void>;
  /** Makes the branch durable. Afterwards the session is done with it. */
  prepare(session: XaSession, xid: string): Promise<void>;
  /** Undoes a branch that is not prepared, and gives back or closes its session. */
  abandon(session: XaSession, xid: string): Promise<void>;
  /** Gives back or closes the session of a branch that was prepared, or could not be opened. */
  leave(session: XaSession): Promise<void>;
  commit(session: XaSession, xid: string): Promise<Ended>;
  rollback(session: XaSession, xid: string): Promise<Ended>;
  /** @returns whether the branch is listed as prepared; false as well where this account may not look */
  isPrepared(session: XaSession, xid: string): Promise<boolean>;
  /** @returns whether the transaction has any prepared branch on this server; false as well where this account may not look */
  hasPrepared(session: XaSession, gid: string): Promise<boolean>;
  /** @returns why the database cannot take part, with the fix; undefined if it can */
  problem(session: XaSession): Promise<string | undefined>;
  /** Prepared branches of this database that have written to the table. */
  inDoubt(session: XaSession, search: InDoubtSearch): Promise<readonly InDoubtBranch[]>;
  /**
   * Lets the session wait for locks for a moment only.
   *
   * @returns what sets it back
   */
  shortLockWait(session: XaSession): Promise<() => Promise<void>>;
  /** @returns whether a statement has given up waiting for a lock */
  isLockTimeout(error: unknown): boolean;
}
