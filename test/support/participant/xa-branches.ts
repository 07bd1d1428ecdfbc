import type { SqlExecutor } from '@nestjs-dtx/client';

/** The XA branches of one database (spec 9.5). A branch is known by its xid, `<gid>-<branch id>`. */
export interface XaBranches {
  /**
   * Phase 1, on a connection of its own that is closed in the end: whatever becomes of the branch is decided by others.
   * Rolled back when the work throws.
   */
  prepare(xid: string, work: (executor: SqlExecutor) => Promise<void>): Promise<void>;
  /** Phase 2. A branch that is not there any more was committed before. */
  commit(xid: string): Promise<void>;
  /** Phase 2. A branch that is not there was rolled back before, or never prepared. */
  rollback(xid: string): Promise<void>;
  /** Branches that are prepared and wait for phase 2, by xid. */
  inDoubt(): Promise<readonly string[]>;
}
