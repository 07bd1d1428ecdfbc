import { mapJsonRpcOutcome, newGid, type HttpAnswer, type Outcome, type OutcomeOptions } from '@nestjs-dtx/protocol';
import type { DispatchRequest } from '../dispatch';
import type { CallTarget } from '../http/call-target';
import type { HttpCallRequest } from '../http/http-call';
import { headersOf, type HttpEncoding } from '../http/http-encoding';
import { paramsOf } from './json-rpc-params';

/** Unlike a plain answer, one that is cut cannot be read at all. Bytes. */
const MAX_ANSWER = 1024 * 1024;

/**
 * @returns the method to call, if this URL of a transaction of protocol json-rpc is to be called by JSON-RPC: its query string
 * has to name one. Without it the URL is plain HTTP (spec 4.1).
 */
export function jsonRpcMethodOf(url: string): string | undefined {
  if (!url.includes('method') || !/^https?:/i.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).searchParams.get('method') ?? undefined;
}

/** A JSON-RPC 2.0 request to exactly the URL (spec 4.5). */
export class JsonRpcEncoding implements HttpEncoding {
  constructor(private readonly options: OutcomeOptions) {}

  /** @throws Error when the payload is no JSON object; {@link paramsProblem} tells before */
  encode(target: CallTarget, request: DispatchRequest): HttpCallRequest {
    const params = paramsOf(request);
    if (params === undefined) throw new Error('the payload is no JSON object, which a JSON-RPC call needs');
    const head = JSON.stringify({ id: newGid(), jsonrpc: '2.0', method: jsonRpcMethodOf(request.call.url) });
    return {
      path: target.path,
      method: 'POST',
      payload: Buffer.from(`${head.slice(0, -1)},"params":${params}}`),
      headers: headersOf(request),
      timeoutMs: request.timeoutMs,
      maxAnswerBytes: MAX_ANSWER,
    };
  }

  outcome(answer: HttpAnswer): Outcome {
    return mapJsonRpcOutcome(answer, this.options);
  }
}
