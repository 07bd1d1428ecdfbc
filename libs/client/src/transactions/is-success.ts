import { mapHttpOutcome } from '@nestjs-dtx/protocol';
import type { Answer } from '../http/coordinator-link';

/** @returns whether the coordinator has done what it was asked for (spec 2.1): a status of 200 that says FAILURE is none. */
export function isSuccess(answer: Answer): boolean {
  return mapHttpOutcome(answer, { substring: false }).kind === 'success';
}
