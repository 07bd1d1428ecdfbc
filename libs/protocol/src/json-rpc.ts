import { mapHttpOutcome, SUCCESS, withResultWord, type HttpAnswer, type Outcome, type OutcomeOptions } from './outcome';
import { RESULTS } from './vocabulary';

/** Error codes of JSON-RPC 2.0, and the two of the protocol (spec 2.13, 4.5). */
export const JSON_RPC_CODES = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  /** Anything else that went wrong. */
  internal: -32603,
  /** A business refusal. */
  failure: -32901,
  /** Not finished yet: the caller comes back. */
  ongoing: -32902,
} as const;

/** What an answer says beside its HTTP status: the `error` of a JSON-RPC response, if it is one. */
type Reply =
  | { readonly kind: 'result' }
  | { readonly kind: 'error'; readonly code: unknown; readonly message: string }
  | { readonly kind: 'unreadable' };

/**
 * Maps the answer of a JSON-RPC branch (spec 4.5, with Q5 decided): what its HTTP status or `dtm_result` decides comes first,
 * then the protocol's own error codes, then the result words as substrings. What remains is success without an `error`, and
 * otherwise an error that is retried.
 */
export function mapJsonRpcOutcome(answer: HttpAnswer, options: OutcomeOptions = { substring: true }): Outcome {
  const { status, body } = answer;
  const explicit = mapHttpOutcome(answer, { substring: false });
  if (explicit.kind === 'failure' || explicit.kind === 'ongoing') return explicit;
  const reply = replyOf(body);
  if (explicit.kind === 'success' && reply.kind === 'error') {
    const { code, message } = reply;
    if (code === JSON_RPC_CODES.failure)
      return { kind: 'failure', status, text: withResultWord(message, RESULTS.failure) };
    if (code === JSON_RPC_CODES.ongoing)
      return { kind: 'ongoing', status, text: withResultWord(message, RESULTS.ongoing) };
  }
  const byWord = mapHttpOutcome(answer, options);
  if (byWord.bySubstring || explicit.kind === 'error') return byWord;
  if (reply.kind === 'result') return SUCCESS;
  const text = reply.kind === 'error' ? body.trim() : `no JSON-RPC response: ${body.trim()}`;
  return { kind: 'error', status, text: `status ${status}: ${text}` };
}

function replyOf(body: string): Reply {
  const response = parsed(body);
  if (typeof response !== 'object' || response === null || Array.isArray(response)) return { kind: 'unreadable' };
  const { error } = response as { error?: unknown };
  if (error === undefined || error === null) return { kind: 'result' };
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { kind: 'error', code, message: typeof message === 'string' ? message : JSON.stringify(error) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
