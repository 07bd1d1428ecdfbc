import { HttpException, HttpStatus, Logger } from '@nestjs/common';
import { ERROR_CODES, type WorkflowOptions } from '@nestjs-dtx/client';
import { runInScope } from '../context/dtx-context';

/** Errors by which the library says that a step is refused for good. */
const FAILURES: readonly unknown[] = [ERROR_CODES.failure, ERROR_CODES.transactionFailed];

/**
 * @param name of the workflow, for logs
 * @returns what a workflow's function meets in a Nest application: the exceptions of handlers have their meaning, `DtxContext`
 * tells the branch in every step, and what goes wrong while nobody waits is logged.
 */
export function workflowSurroundings(name: string): Omit<WorkflowOptions, 'callback'> {
  const logger = new Logger('DtxWorkflow');
  return {
    isFailure: (error) => {
      if (error instanceof HttpException) return error.getStatus() === Number(HttpStatus.CONFLICT);
      return FAILURES.includes((error as { code?: unknown } | null | undefined)?.code);
    },
    around: (step, work) => runInScope({ branch: step }, work),
    onUnfinished: (gid, error) => {
      const { code, message = String(error) } = (error ?? {}) as { code?: unknown; message?: string };
      const line = `workflow ${name} has no outcome yet, the coordinator calls again: gid=${gid}: ${message}`;
      if (code === ERROR_CODES.ongoing) logger.debug(line);
      else logger.warn(line);
    },
  };
}
