import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { RequestFields } from '@nestjs-dtx/client';
import type { ErrorAnswer } from '../http/error-answer';

/** How one kind of call says which branch it is for, and takes its answer. Handlers are the same for all of them. */
export interface CallKind {
  /** @returns where the branch is named, as `branchInfoFrom` reads it. */
  fields(host: ArgumentsHost): RequestFields;

  /**
   * Before pipes and handler: refuses what the handler must not see, and puts in its place what it is to see.
   *
   * @param fields of this call, taken before
   * @throws HttpException for a call that is not for the handler
   */
  open(context: ExecutionContext): void;

  /** @returns the answer for a handler that has returned this value. */
  success(value: unknown): unknown;

  /** Answers for a handler that threw. @returns what an exception filter returns */
  failure(answer: ErrorAnswer, host: ArgumentsHost, adapterHost: HttpAdapterHost): unknown;
}
