import type { OutgoingHttpHeaders } from 'node:http2';
import { BRANCH_METADATA, type GrpcTarget } from '@nestjs-dtx/protocol';
import { VERSION } from '../../version';
import type { DispatchRequest } from '../dispatch';

const USER_AGENT = `nestjs-dtx/${VERSION}`;
/** The longest timeout that the header can tell. Milliseconds. */
const MAX_TIMEOUT_MS = 99_999_999;
/** Headers of the connection, or of gRPC itself: to set them would break the call. */
const RESERVED = /^(te|content-type|proxy-connection|http2-settings|(grpc|dtm)-.*)$/;

/** Headers of a branch call: those of HTTP/2 and gRPC, what the call is about (spec 3.5), and those of the transaction. */
export function grpcHeaders(target: GrpcTarget, { call, gid, transType, headers, timeoutMs }: DispatchRequest) {
  const all: OutgoingHttpHeaders = {
    ':method': 'POST',
    ':path': target.path,
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': USER_AGENT,
    'grpc-timeout': `${Math.min(timeoutMs, MAX_TIMEOUT_MS)}m`,
    [BRANCH_METADATA.gid]: asBytes(gid),
    [BRANCH_METADATA.transType]: transType,
    [BRANCH_METADATA.branchId]: asBytes(call.branchId),
    [BRANCH_METADATA.op]: asBytes(call.op),
    [BRANCH_METADATA.dtm]: '',
  };
  if (!headers) return all;
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (!RESERVED.test(key)) all[key] = value;
  }
  return all;
}

const PLAIN = /^[\x20-\x7e]*$/;

/** Node sends one byte per character; text beyond ASCII goes as UTF-8, as the SDKs write and read it. */
function asBytes(text: string): string {
  return PLAIN.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
