import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { branchOfXid } from '../xid';
import { driverCode } from './driver-error';
import type { Ended, XaEngine } from './xa-engine';
import type { XaSession } from './xa-session';

/** There is no such prepared transaction, or another session is just ending it. */
const NOT_TO_BE_HAD = new Set<unknown>(['42704', '55000']);
const LOCK_NOT_AVAILABLE = '55P03';
const SHORT_LOCK_WAIT = '1s';

/** The transaction in which each branch does its work: what ends it, ends the protection. */
const transactions = new WeakMap<XaSession, unknown>();

/** Prepared transactions of PostgreSQL (spec 9.5); they need `max_prepared_transactions` above 0. */
export const postgresXa: XaEngine = {
  async start(session) {
    await session.execute('begin', []);
    return 'started';
  },

  async storeRow(session, insert, lockWaitSeconds) {
    const { rows } = await session.execute('select txid_current()::text as txid', []);
    transactions.set(session, rows[0]?.['txid']);
    await setLocal(session, SHORT_LOCK_WAIT);
    try {
      const isNew = await insert();
      await setLocal(session, `${lockWaitSeconds}s`);
      return isNew;
    } catch (error) {
      if (driverCode(error) === LOCK_NOT_AVAILABLE) return 'taken';
      throw error;
    }
  },

  async checkOpen(session) {
    // Where a statement has failed, this fails as well; PREPARE TRANSACTION would roll back and report a success.
    const { rows } = await session.execute('select txid_current_if_assigned()::text as txid', []);
    if (rows[0]?.['txid'] === transactions.get(session)) return;
    throw new DtxError(
      ERROR_CODES.xaBranch,
      'the work of an xa branch has ended its transaction: it must not commit, roll back or begin',
    );
  },

  async prepare(session, xid) {
    await session.execute(`prepare transaction '${xid}'`, []);
  },

  async abandon(session) {
    await session.execute('rollback', []);
    await session.release();
  },

  leave: (session) => session.release(),

  commit: (session, xid) => ended(session, `commit prepared '${xid}'`),

  rollback: (session, xid) => ended(session, `rollback prepared '${xid}'`),

  async isPrepared(session, xid) {
    const { rows } = await session.execute('select 1 as one from pg_prepared_xacts where gid = $1', [xid]);
    return rows.length > 0;
  },

  async hasPrepared(session, gid) {
    const { rows } = await session.execute('select gid as xid from pg_prepared_xacts where starts_with(gid, $1)', [
      gid,
    ]);
    return rows.some(({ xid }) => branchOfXid(String(xid))?.gid === gid);
  },

  async problem(session) {
    const { rows } = await session.execute(`select current_setting('max_prepared_transactions') as most`, []);
    if (Number(rows[0]?.['most']) > 0) return undefined;
    return 'has max_prepared_transactions = 0: set it to the number of branches at work at once, and restart the server';
  },

  // A prepared transaction keeps its lock on every table that it has written to.
  async inDoubt(session, { table }) {
    const { rows } = await session.execute(
      `select p.gid as xid, extract(epoch from now() - p.prepared) as age
  from pg_prepared_xacts p
  where p.database = current_database() and p.owner = current_user and exists (
    select 1 from pg_locks own join pg_locks held using (virtualtransaction)
    where own.locktype = 'transactionid' and own.transactionid = p.transaction and own.pid is null
      and held.locktype = 'relation' and held.relation = '${table}'::regclass and held.pid is null)
  order by p.prepared`,
      [],
    );
    return rows.map(({ xid, age }) => ({ xid: String(xid), ageSeconds: Number(age) }));
  },

  async shortLockWait(session) {
    const { rows } = await session.execute(`select current_setting('lock_timeout') as wait`, []);
    const set = async (wait: unknown): Promise<void> => {
      await session.execute(`select set_config('lock_timeout', $1, false)`, [wait]);
    };
    await set(SHORT_LOCK_WAIT);
    return () => set(rows[0]?.['wait']);
  },

  isLockTimeout: (error) => driverCode(error) === LOCK_NOT_AVAILABLE,
};

async function ended(session: XaSession, statement: string): Promise<Ended> {
  try {
    await session.execute(statement, []);
  } catch (error) {
    if (NOT_TO_BE_HAD.has(driverCode(error))) return 'unknown';
    throw error;
  }
  return 'done';
}

async function setLocal(session: XaSession, wait: string): Promise<void> {
  await session.execute(`select set_config('lock_timeout', $1, true)`, [wait]);
}
