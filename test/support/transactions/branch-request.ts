import { BRANCH_METADATA, GRPC_STATUS, parseGrpcUrl } from '@nestjs-dtx/protocol';
import { GrpcCaller } from '@nestjs-dtx/testing';
import { send, type Reply } from '../http';

/** A branch call that the initiator makes itself: try, action of xa, check-back (spec 9.1). */
export interface BranchRequest {
  readonly url: string;
  /** In the words of the query parameters. */
  readonly info: Readonly<Record<string, string>>;
  /** JSON text; absent: a GET. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a branch has answered, in the words of the catalogue. */
export type BranchResult = 'ok' | 'fail' | 'wait' | 'err';

/** A branch that has not succeeded, as SDKs throw it. */
export class BranchError extends Error {
  constructor(
    readonly result: Exclude<BranchResult, 'ok'>,
    text: string,
  ) {
    super(result === 'fail' ? `${text} FAILURE` : text);
  }
}

/** Calls a branch. @throws BranchError unless it succeeds */
export async function callBranch(request: BranchRequest): Promise<void> {
  const target = parseGrpcUrl(request.url);
  if (target) return callOverGrpc(`${target.host}:${target.port}`, target.path, request);
  const { url, info, body, headers } = request;
  const address = `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(info).toString()}`;
  const contentType = { 'content-type': 'application/json' };
  const reply =
    body === undefined
      ? await send('GET', address, { headers: headers ?? {} })
      : await send('POST', address, { body, headers: { ...contentType, ...headers } });
  const result = resultOf(reply);
  if (result !== 'ok') throw new BranchError(result, reply.text);
}

/** Spec 3.5: metadata is named as the parameters are. */
async function callOverGrpc(address: string, path: string, { info, body = '', headers }: BranchRequest): Promise<void> {
  const metadata = Object.entries(info).map(([name, value]) => [METADATA[name] ?? name, value]);
  const caller = new GrpcCaller(address);
  try {
    const { code, details } = await caller.raw(path, Buffer.from(body), {
      ...Object.fromEntries(metadata),
      ...headers,
    });
    if (code === GRPC_STATUS.ok) return;
    throw new BranchError(GRPC_RESULTS[code] ?? 'err', details);
  } finally {
    caller.close();
  }
}

const METADATA: Readonly<Record<string, string>> = {
  gid: BRANCH_METADATA.gid,
  trans_type: BRANCH_METADATA.transType,
  branch_id: BRANCH_METADATA.branchId,
  op: BRANCH_METADATA.op,
  dtm: BRANCH_METADATA.dtm,
  phase2_url: BRANCH_METADATA.phase2Url,
};

const GRPC_RESULTS: Readonly<Record<number, 'fail' | 'wait'>> = {
  [GRPC_STATUS.aborted]: 'fail',
  [GRPC_STATUS.failedPrecondition]: 'wait',
};

/** Spec 4.3: the first that matches. */
function resultOf({ status, text }: Reply): BranchResult {
  if (status === 425 || text.includes('ONGOING')) return 'wait';
  if (status === 409 || text.includes('FAILURE')) return 'fail';
  return status === 200 ? 'ok' : 'err';
}
