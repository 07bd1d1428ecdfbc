import type { PayloadBody } from '../transactions/payload';
import type { BranchInfo } from './branch-info';

/** A call that an initiator makes itself: try, action of xa, check-back, branch of a workflow (spec 9.1). */
export interface BranchRequest {
  /** `http(s)://…`, `svc://service/handler` or `host:port/package.Service/Method`. Empty: there is nothing to call, which is a success. */
  readonly url: string;
  /** Which branch and op; told to the participant in the query of the URL, or in the metadata. */
  readonly info: BranchInfo;
  /**
   * Ops under which a registered handler may be announced; the first that is counts.
   * @default the op of `info`
   */
  readonly handlerOps?: readonly string[];
  readonly method: 'GET' | 'POST';
  /** Sent as it is. */
  readonly body?: PayloadBody;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Milliseconds for the whole exchange.
   * @default the client's `branchTimeoutMs`
   */
  readonly timeoutMs?: number;
}

/**
 * @param url absolute, maybe with a query of its own
 * @returns the URL with the parameters that every participant reads, in alphabetical order (spec 4.2, 9.1)
 */
export function branchUrl(url: string, info: BranchInfo): string {
  const { branchId: branch_id, dtm, gid, op, phase2Url: phase2_url, transType: trans_type } = info;
  const parameters = Object.entries({ branch_id, dtm, gid, op, phase2_url, trans_type })
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const [base = ''] = url.split('#', 1);
  const glue = !base.includes('?') ? '?' : /[?&]$/.test(base) ? '' : '&';
  return base + glue + parameters.join('&');
}
