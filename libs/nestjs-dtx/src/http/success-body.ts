import { RESULTS } from '@nestjs-dtx/protocol';

/** Words that a coordinator finds anywhere in a body without `dtm_result` (spec 4.3). */
const RESULT_WORDS = /FAILURE|ONGOING/;

/**
 * @param value what the handler returned
 * @returns the body of the answer: the value, made unmistakable if it holds a word that stands for another outcome
 */
export function successBody(value: unknown): unknown {
  if (value === undefined || value === null) return { dtm_result: RESULTS.success };
  if (!RESULT_WORDS.test(JSON.stringify(value) ?? '')) return value;
  if (typeof value !== 'object' || Array.isArray(value)) return { dtm_result: RESULTS.success, value };
  // The prototype is kept: interceptors of the application may serialise by class.
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as object;
  return Object.assign(copy, value, { dtm_result: RESULTS.success });
}
