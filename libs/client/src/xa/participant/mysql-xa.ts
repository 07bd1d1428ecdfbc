import { branchOfXid } from '../xid';
import { driverCode } from './driver-error';
import type { InDoubtSearch } from './in-doubt-search';
import type { Ended, InDoubtBranch, XaEngine } from './xa-engine';
import type { XaSession } from './xa-session';

const UNKNOWN_XID = 1397;
const DUPLICATE_XID = 1440;
const LOCK_WAIT_TIMEOUT = 1205;
/** Answers to XA RECOVER where the account has no XA_RECOVER_ADMIN. */
const MAY_NOT_RECOVER = new Set<unknown>([1227, 1401]);
/** The smallest there is. Seconds. */
const SHORT_LOCK_WAIT = 1;

/** XA of MySQL and MariaDB (spec 9.5). Statements are texts: none of them can be prepared with parameters. */
export const mysqlXa: XaEngine = {
  async start(session, xid, lockWaitSeconds) {
    // No session is used again after a branch, so that nothing has to be set back.
    await session.execute(`set innodb_lock_wait_timeout = ${lockWaitSeconds}`, []);
    try {
      await session.execute(`xa start '${xid}'`, []);
    } catch (error) {
      if (driverCode(error) === DUPLICATE_XID) return 'taken';
      throw error;
    }
    return 'started';
  },

  // A branch of the same name would have been refused at its start, so the row is locked for a moment at most.
  storeRow: (_session, insert) => insert(),

  // Neither commit nor begin is possible within a branch.
  checkOpen: () => Promise.resolve(),

  async prepare(session, xid) {
    await session.execute(`xa end '${xid}'`, []);
    await session.execute(`xa prepare '${xid}'`, []);
  },

  async abandon(session, xid) {
    // It may be ended already, or be marked as to be rolled back: the statement that counts is the next one.
    await session.execute(`xa end '${xid}'`, []).catch(() => {});
    await session.execute(`xa rollback '${xid}'`, []);
    await session.destroy();
  },

  // Before MySQL 8.0.29, and in every MariaDB, a branch can be ended elsewhere only when this connection is gone.
  leave: (session) => session.destroy(),

  commit: (session, xid) => ended(session, `xa commit '${xid}'`),

  rollback: (session, xid) => ended(session, `xa rollback '${xid}'`),

  async isPrepared(session, xid) {
    return (await recoverableIfAllowed(session)).includes(xid);
  },

  async hasPrepared(session, gid) {
    return (await recoverableIfAllowed(session)).some((xid) => branchOfXid(xid)?.gid === gid);
  },

  async problem(session) {
    try {
      await recoverable(session);
    } catch (error) {
      if (!MAY_NOT_RECOVER.has(driverCode(error))) throw error;
      return 'may not list prepared branches to this account: grant xa_recover_admin on *.* to it';
    }
    return undefined;
  },

  async inDoubt(session, search) {
    const found: InDoubtBranch[] = [];
    for (const xid of await recoverable(session)) {
      const ageSeconds = await ageOf(session, xid, search);
      if (ageSeconds !== undefined) found.push({ xid, ageSeconds });
    }
    return found;
  },

  async shortLockWait(session) {
    const { rows } = await session.execute('select @@innodb_lock_wait_timeout as seconds', []);
    const set = async (seconds: number): Promise<void> => {
      await session.execute(`set innodb_lock_wait_timeout = ${seconds}`, []);
    };
    await set(SHORT_LOCK_WAIT);
    return () => set(Number(rows[0]?.['seconds']));
  },

  isLockTimeout: (error) => driverCode(error) === LOCK_WAIT_TIMEOUT,
};

async function ended(session: XaSession, statement: string): Promise<Ended> {
  try {
    await session.execute(statement, []);
  } catch (error) {
    if (driverCode(error) === UNKNOWN_XID) return 'unknown';
    throw error;
  }
  return 'done';
}

async function recoverableIfAllowed(session: XaSession): Promise<string[]> {
  try {
    return await recoverable(session);
  } catch (error) {
    if (MAY_NOT_RECOVER.has(driverCode(error))) return [];
    throw error;
  }
}

/** All prepared branches of the server in the form of this protocol: one part, default format. */
async function recoverable(session: XaSession): Promise<string[]> {
  const { rows } = await session.execute('xa recover', []);
  return rows
    .filter((row) => Number(row['formatID']) === 1 && Number(row['bqual_length']) === 0)
    .map(({ data }) => (Buffer.isBuffer(data) ? data.toString('latin1') : String(data)));
}

/**
 * The server lists the branches of all its databases, without times. Whose they are, and since when, is in the barrier row that
 * each has written and not committed yet.
 */
async function ageOf(session: XaSession, xid: string, { table }: InDoubtSearch): Promise<number | undefined> {
  const branch = branchOfXid(xid);
  if (!branch) return undefined;
  await session.execute('set transaction isolation level read uncommitted', []);
  const { rows } = await session.execute(
    `select timestampdiff(second, create_time, current_timestamp(3)) as age from ${table}
  where gid = ? and branch_id = ? and op = 'action' and barrier_id = '01' and reason = 'action'`,
    [branch.gid, branch.branchId],
  );
  return rows[0] && Number(rows[0]['age']);
}
