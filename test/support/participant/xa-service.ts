import { Barrier, branchInfoFrom, type BranchInfo } from '@nestjs-dtx/client';
import { OPS } from '@nestjs-dtx/protocol';
import type { Account } from '../fixture/ledger';
import type { ScriptFunction } from '../fixture/script';
import { command, CommandError, overHttp } from '../transactions/command-channel';
import { overGrpc } from '../transactions/grpc-channel';
import type { Accounts } from './accounts';
import type { XaBranches } from './xa-branches';

/** The phase-1 work of a branch that an undo has overtaken. */
class OvertakenError extends Error {}

/** What may stand in the statements of XA, which take no parameters (Q32). */
const XID = /^[\w.:-]+$/;

/** An endpoint that is an XA branch on an account: phase 1 and phase 2 at one URL (spec 9.5). */
export function xaService(accounts: Accounts, account: Account): ScriptFunction {
  const { xa } = accounts.database;
  if (!xa) throw new Error(`${accounts.database.dialect} has no XA`);
  return async (_, { query }) => {
    const info = branchInfoFrom(query);
    const xid = xidOf(info);
    if (!XID.test(xid)) throw new Error(`${xid} cannot be an xid`);
    if (info.op === OPS.commit) await xa.commit(xid);
    else if (info.op === OPS.rollback) await rollBack(accounts, xa, info);
    else return phaseOne(accounts, xa, { info, account });
    return 'ok';
  };
}

/** Xid of a branch (spec 9.5). */
export function xidOf({ gid, branchId }: Pick<BranchInfo, 'gid' | 'branchId'>): string {
  return `${gid}-${branchId}`;
}

/** Registers before it prepares: what the coordinator does not know of is rolled back (spec 5.3). */
async function phaseOne(
  accounts: Accounts,
  xa: XaBranches,
  { info, account }: { readonly info: BranchInfo; readonly account: Account },
): Promise<'ok' | 'fail'> {
  const { gid, branchId, dtm = '', phase2Url = '' } = info;
  try {
    await xa.prepare(xidOf(info), async (executor) => {
      const barrier = new Barrier(info, accounts.database);
      const { ran } = await barrier.call(executor, () => accounts.apply(executor, info, account));
      if (!ran) throw new OvertakenError();
      const registration = { gid, trans_type: 'xa', branch_id: branchId, url: phase2Url };
      await command(dtm.startsWith('http') ? overHttp(dtm) : overGrpc(dtm), 'registerBranch', registration);
    });
    return 'ok';
  } catch (error) {
    if (error instanceof OvertakenError) return 'fail';
    if (error instanceof CommandError && error.reply.status === 409) return 'fail';
    throw error;
  }
}

/** The row of the barrier waits for a branch that is still at work, and keeps out one that comes late (spec 8.5). */
async function rollBack(accounts: Accounts, xa: XaBranches, info: BranchInfo): Promise<void> {
  await xa.rollback(xidOf(info));
  await accounts.receive(info, async () => {});
}
