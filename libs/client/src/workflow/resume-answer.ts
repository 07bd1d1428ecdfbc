import { ERROR_CODES, RESULTS } from '@nestjs-dtx/protocol';
import type { WorkflowEnd } from './workflow-end';

/** What a coordinator's callback is to be answered (spec 9.6). */
export interface ResumeAnswer {
  readonly status: 200 | 409 | 425 | 500;
  /** To be sent as JSON. */
  readonly body: { readonly dtm_result?: string; readonly message?: string };
}

/** @returns the answer for a workflow that has ended. */
export function endedAnswer(end: WorkflowEnd): ResumeAnswer {
  return end.status === 'succeed'
    ? { status: 200, body: { dtm_result: RESULTS.success } }
    : { status: 409, body: { dtm_result: RESULTS.failure, message: end.reason } };
}

/** @returns the answer for one that goes on: it is asked again at its interval, which counts as no error. */
export function ongoingAnswer(message: string): ResumeAnswer {
  return { status: 425, body: { dtm_result: RESULTS.ongoing, message } };
}

/** @returns the answer for a run that has no outcome. */
export function unfinishedAnswer(error: unknown): ResumeAnswer {
  const { code, message = String(error) } = (error ?? {}) as { code?: unknown; message?: string };
  if (code === ERROR_CODES.ongoing) return ongoingAnswer(message);
  // Coordinators look for result words in bodies: the text of an error must not hold one.
  return { status: 500, body: { message: message.replaceAll(/FAILURE|ONGOING/g, (word) => word.toLowerCase()) } };
}
