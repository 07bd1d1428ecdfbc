import type { Instant } from '@nestjs-dtx/engine';
import { sqliteTime } from '@nestjs-dtx/sqlite';
import { advanceUpdate } from '../../batch/updates';
import type { AdvanceWrite } from '../../writes';
import type { SqliteConnection } from './sqlite-connection';
import { updateBranch, updateHeldBranch } from './update-branch';
import { updateHeldGlobal } from './update-global';

/**
 * A runner's progress with the fence inside its first statement. All writes to the file come one after the other, so the
 * condition is evaluated on what is current, and nothing has to be read before.
 *
 * @returns false when nothing was changed
 */
export function advanceSqlite(connection: SqliteConnection, write: AdvanceWrite, now: Instant): boolean {
  const { gid, epoch, branches } = write;
  const time = sqliteTime(now);
  const update = advanceUpdate(write, write, now);
  const [first, ...rest] = branches;
  if (update) {
    if (!updateHeldGlobal(connection, update, time)) return false;
    for (const branch of branches) updateBranch(connection, { gid, branch, time });
    return true;
  }
  if (!first || !updateHeldBranch(connection, { gid, branch: first, time }, epoch)) return false;
  for (const branch of rest) updateBranch(connection, { gid, branch, time });
  return true;
}
