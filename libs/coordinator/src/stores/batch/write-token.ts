import { randomUUID } from 'node:crypto';
import type { ChangeWrite, InsertWrite } from '../writes';

/** Kept as long as the write is, so that a repetition of it carries the same token. */
const tokens = new WeakMap<InsertWrite | ChangeWrite, string>();

/**
 * What a write leaves in `owner`, unique per write: so that after a commit of unknown outcome it is known whether the row
 * that stands there is this write's. Without `lease_until` it is no lease.
 */
export function tokenOf(write: InsertWrite | ChangeWrite): string {
  if (write.lease) return write.lease.owner;
  let token = tokens.get(write);
  if (token === undefined) tokens.set(write, (token = randomUUID()));
  return token;
}
