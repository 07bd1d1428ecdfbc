import { mapHttpOutcome, type HttpAnswer, type Outcome, type OutcomeOptions } from '@nestjs-dtx/protocol';
import type { DispatchRequest } from '../dispatch';
import type { CallTarget } from './call-target';
import type { HttpCallRequest } from './http-call';
import { headersOf, type HttpEncoding } from './http-encoding';

/** The payload as the body, everything else in the query string (spec 4.2). */
export class PlainEncoding implements HttpEncoding {
  constructor(private readonly options: OutcomeOptions) {}

  encode(target: CallTarget, request: DispatchRequest): HttpCallRequest {
    return {
      path: pathOf(target, request),
      method: methodOf(request),
      payload: request.call.payload,
      headers: headersOf(request),
      timeoutMs: request.timeoutMs,
    };
  }

  outcome(answer: HttpAnswer): Outcome {
    return mapHttpOutcome(answer, this.options);
  }
}

/**
 * An empty payload travels as GET, except where the receiver could not do with it: the second phase of xa (spec 4.2), and the
 * callback of a workflow, whose handlers are only registered for POST (Q16).
 */
function methodOf({ call, transType }: DispatchRequest): 'GET' | 'POST' {
  return call.payload.byteLength > 0 || transType === 'xa' || transType === 'workflow' ? 'POST' : 'GET';
}

/** The four parameters in alphabetical order behind the URL's own (spec 4.2). */
function pathOf(target: CallTarget, { call, gid, transType }: DispatchRequest): string {
  const [branchId, op] = [encoded(call.branchId), encoded(call.op)];
  return `${target.pathAndJoiner}branch_id=${branchId}&gid=${encoded(gid)}&op=${op}&trans_type=${transType}`;
}

/** What almost all ids are made of. To look is cheaper than to encode. */
const PLAIN = /^[\w.~-]*$/;

function encoded(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text);
}
