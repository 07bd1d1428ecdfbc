import { InvalidRequestError } from '@nestjs-dtx/protocol';

/** Databases with prepared transactions; `mysql` serves MariaDB too. */
export type XaDialect = 'mysql' | 'postgres';

/** What an xid may hold: it stands in statements, which take no parameters there (Q32). */
const PLAIN = /^[A-Za-z0-9_.:@/+=~-]+$/;

/** Bytes of a `gtrid`, and of a transaction identifier. */
const MAX_LENGTH = { mysql: 64, postgres: 199 } as const satisfies Record<XaDialect, number>;

/** @throws InvalidRequestError when no database can have branches of this transaction */
export function checkXaGid(gid: string): string {
  if (PLAIN.test(gid)) return gid;
  throw new InvalidRequestError('gid', 'of an xa transaction may only hold letters, digits and _ . : @ / + = ~ -');
}

/**
 * @returns the id under which the database knows the branch, the same for every SDK (spec 5.3)
 * @throws InvalidRequestError when it holds what cannot stand in a statement, or is longer than the database allows
 */
export function xidOf(branch: { readonly gid: string; readonly branchId: string }, dialect: XaDialect): string {
  const xid = `${checkXaGid(branch.gid)}-${branch.branchId}`;
  if (!PLAIN.test(branch.branchId)) throw new InvalidRequestError('branch_id', 'must be a number');
  if (xid.length > MAX_LENGTH[dialect]) {
    throw new InvalidRequestError(
      'gid',
      `with branch id must not be longer than ${MAX_LENGTH[dialect]} characters here`,
    );
  }
  return xid;
}

/** @returns the branch that a prepared transaction of this form belongs to; undefined for one of somebody else */
export function branchOfXid(xid: string): { readonly gid: string; readonly branchId: string } | undefined {
  const [, gid, branchId] = /^(.+)-((?:\d\d)+)$/.exec(xid) ?? [];
  return gid !== undefined && branchId !== undefined && PLAIN.test(gid) ? { gid, branchId } : undefined;
}
