import { ERROR_CODES } from '@nestjs-dtx/protocol';
import { NotFinishedError } from '../errors/not-finished.error';

/** Errors that speak of the workflow's function itself and say what to do. */
const SPEAKING: readonly unknown[] = [ERROR_CODES.workflowChanged, ERROR_CODES.workflowMisuse];

/** @returns what the initiator of a workflow gets to see of an error that has left it without an outcome. */
export function unfinishedError(gid: string, error: unknown): unknown {
  const { code, message = String(error) } = (error ?? {}) as { code?: unknown; message?: string };
  return SPEAKING.includes(code) ? error : new NotFinishedError(gid, message, { cause: error });
}
