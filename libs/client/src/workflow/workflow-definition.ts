import { ERROR_CODES, InvalidRequestError } from '@nestjs-dtx/protocol';
import type { WorkflowFunction } from './run-workflow';
import type { WorkflowStep } from './step';

/** @see Workflows.register */
export interface WorkflowOptions {
  /**
   * URL at which this service resumes its workflows: the coordinator calls it until a workflow has ended (spec 5.5), and what
   * is there calls {@link Workflows.resume}. `http(s)://…`, `svc://service/handler`, or a function that knows it later.
   */
  readonly callback: string | (() => string);
  /**
   * Which errors are a refusal for good, which rolls the workflow back.
   * @default those with the code of a failure, and of a transaction that was rolled back
   */
  readonly isFailure?: (error: unknown) => boolean;
  /** Surrounds the work of each local step, e.g. with a context of the framework. */
  readonly around?: <T>(step: WorkflowStep, work: () => Promise<T>) => Promise<T>;
  /** Told of each resumed run that has ended without an outcome. For logs. */
  readonly onUnfinished?: (gid: string, error: unknown) => void;
}

/** A workflow that this process can run. */
export interface WorkflowDefinition extends Required<WorkflowOptions> {
  readonly name: string;
  readonly run: WorkflowFunction<unknown, unknown>;
}

/** Longest name: it is sent as `op`, whose column is no wider (spec 8.1). Characters. */
const MAX_NAME_LENGTH = 45;

/** @throws InvalidRequestError for a name that cannot be sent */
export function workflowDefinition(
  name: string,
  run: WorkflowFunction<never, unknown>,
  options: WorkflowOptions,
): WorkflowDefinition {
  if (typeof name !== 'string' || !/^[^\s\p{Cc}]+$/u.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new InvalidRequestError('workflow name', `must be 1 to ${MAX_NAME_LENGTH} characters without white space`);
  }
  return {
    name,
    run: run as WorkflowFunction<unknown, unknown>,
    callback: options.callback,
    isFailure: options.isFailure ?? isFailure,
    around: options.around ?? ((_step, work) => work()),
    onUnfinished: options.onUnfinished ?? (() => undefined),
  };
}

/** By code, so that copies of this package and the exceptions of frameworks count as well. */
function isFailure(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === ERROR_CODES.failure || code === ERROR_CODES.transactionFailed;
}
