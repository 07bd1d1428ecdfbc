import type { EncodedOutcomes } from './write-codec';
import type { SqliteWriter } from './sqlite-writer';

/** What the worker can be asked to do beside the writes in the ring: every other public method of the writer. */
export type WriterMethod = Exclude<keyof SqliteWriter, 'execute'>;

export interface WriterCall {
  readonly method: WriterMethod;
  readonly args: readonly unknown[];
}

/** An error without its class: structured cloning would drop the code. */
export interface ClonedError {
  readonly message: string;
  readonly code?: string;
}

/** Replies to calls come in the order of the calls, those to writes in the order in the ring; several writes have one. */
export type WriterReply = CallReply | { readonly outcomes: EncodedOutcomes };

export type CallReply = { readonly value: unknown } | { readonly error: ClonedError };

export function cloneError(error: unknown): ClonedError {
  const { message, code } = error as { message?: unknown; code?: unknown };
  return {
    message: typeof message === 'string' ? message : String(error),
    ...(typeof code === 'string' && { code }),
  };
}
