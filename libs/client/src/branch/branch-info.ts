import { checkBarrierInfo, type BarrierInfo } from '../barrier/barrier-info';

/** All that a branch request says about itself. */
export interface BranchInfo extends BarrierInfo {
  /** Where phase 2 of an xa branch is to be called; only xa initiators send it. */
  readonly phase2Url?: string;
  /** Base URL of the coordinator as the initiator knows it; the coordinator itself does not send it. */
  readonly dtm?: string;
}

/** A parsed query string, or the headers of a request. */
export type RequestFields = Readonly<Record<string, unknown>>;

/**
 * Reads which branch request this is, from the query parameters of an HTTP call (spec 4.2, 9.1) or from the `dtm-…` headers
 * of a gRPC one (spec 3.5). Old Node and PHP initiators send `branch_type` for `op`.
 *
 * @throws BarrierInfoError when trans_type, gid, branch_id or op is missing
 */
export function branchInfoFrom(fields: RequestFields): BranchInfo {
  const phase2Url = fieldOf(fields, 'phase2_url');
  const dtm = fieldOf(fields, 'dtm');
  const info = checkBarrierInfo({
    transType: fieldOf(fields, 'trans_type'),
    gid: fieldOf(fields, 'gid'),
    branchId: fieldOf(fields, 'branch_id'),
    op: fieldOf(fields, 'op') || fieldOf(fields, 'branch_type'),
  });
  return { ...info, ...(phase2Url !== '' && { phase2Url }), ...(dtm !== '' && { dtm }) };
}

/** A repeated parameter counts as its last value: the coordinator appends to what the branch URL already had. */
function fieldOf(fields: RequestFields, name: string): string {
  const value = fields[name] ?? fields[`dtm-${name}`];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : '';
}
