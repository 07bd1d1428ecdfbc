import { RESULTS } from './vocabulary';

/** What a branch call came to. `error` means that nobody knows: it is retried. */
export type OutcomeKind = 'success' | 'failure' | 'ongoing' | 'error';

/** Result of one branch call, after the mapping of its transport. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** For people and for `rollback_reason`; empty on success. Ends with the result word exactly once on failure and ongoing (spec 4.3). */
  readonly text: string;
  /** HTTP status, if there was an answer. */
  readonly status?: number;
  /** Decided by a bare substring of the body only, as services written before dtm 1.10 need it; worth a log line. */
  readonly bySubstring?: true;
}

export const SUCCESS: Outcome = { kind: 'success', text: '' };

/** As the SDKs write it. */
const SUCCESS_BODY = JSON.stringify({ dtm_result: RESULTS.success });

/** Answer of a service as the mapping needs it. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** @see mapHttpOutcome */
export interface OutcomeOptions {
  /** Search FAILURE and ONGOING anywhere in bodies without `dtm_result` (`OUTCOME_SUBSTRING`). */
  readonly substring: boolean;
}

/**
 * Maps the answer of an HTTP branch (design 5, spec 4.3, with Q8 and Q9 decided): `dtm_result` in a JSON body first, then
 * the statuses 409 and 425, then, for bodies without `dtm_result`, the result words as substrings. Success needs 200, 201
 * or 204: a stock Nest POST answers 201.
 *
 * @returns the outcome; anything not listed is `error`, as its effect is unknown
 */
export function mapHttpOutcome(answer: HttpAnswer, options: OutcomeOptions = { substring: true }): Outcome {
  const { status, body } = answer;
  const result = dtmResult(body);
  if (result === RESULTS.ongoing || (result !== RESULTS.failure && status === 425)) return ongoing(body, status);
  if (result === RESULTS.failure || status === 409) return failure(body, status);
  if (result === undefined && options.substring) {
    if (body.includes(RESULTS.ongoing)) return { ...ongoing(body, status), bySubstring: true };
    if (body.includes(RESULTS.failure)) return { ...failure(body, status), bySubstring: true };
  }
  if (status === 200 || status === 201 || status === 204) return SUCCESS;
  return { kind: 'error', status, text: `status ${status}: ${body.trim()}` };
}

/** A call without an answer: refused connection, timeout, unknown service. */
export function transportError(text: string): Outcome {
  return { kind: 'error', text };
}

/** @returns the text with exactly one trailing result word (spec 4.3: "so it appears exactly once at the end"). */
export function withResultWord(text: string, word: string): string {
  let bare = text.trim();
  while (bare.endsWith(word) && /\s/.test(bare.charAt(bare.length - word.length - 1))) {
    bare = bare.slice(0, -word.length).trimEnd();
  }
  return bare === '' || bare === word ? word : `${bare} ${word}`;
}

const ongoing = (body: string, status: number): Outcome => ({
  kind: 'ongoing',
  status,
  text: withResultWord(body, RESULTS.ongoing),
});

const failure = (body: string, status: number): Outcome => ({
  kind: 'failure',
  status,
  text: withResultWord(body, RESULTS.failure),
});

/** @returns the value of `dtm_result`, whatever its type; `undefined` when the body is no JSON object or has none. */
function dtmResult(body: string): unknown {
  // Almost every answer is this one, which need not be parsed each time.
  if (body === SUCCESS_BODY) return RESULTS.success;
  if (!body.includes('dtm_result')) return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, 'dtm_result')) return undefined;
    return (parsed as Record<string, unknown>)['dtm_result'];
  } catch {
    return undefined;
  }
}
