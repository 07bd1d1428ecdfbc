import type { SqliteWriter } from './sqlite-writer';

/** What the worker can be asked to do: every public method of the writer. */
export type WriterMethod = keyof SqliteWriter;

export interface WriterRequest {
  readonly method: WriterMethod;
  readonly args: readonly unknown[];
}

/** An error without its class: structured cloning would drop the code. */
export interface ClonedError {
  readonly message: string;
  readonly code?: string;
}

/** Replies come in the order of their requests. */
export type WriterReply = { readonly value: unknown } | { readonly error: ClonedError };

export function cloneError(error: unknown): ClonedError {
  const { message, code } = error as { message?: unknown; code?: unknown };
  return {
    message: typeof message === 'string' ? message : String(error),
    ...(typeof code === 'string' && { code }),
  };
}
