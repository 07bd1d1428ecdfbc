import type { WaitResult } from '@nestjs-dtx/engine';
import { DtxError, JSON_RPC_CODES, RESULTS } from '@nestjs-dtx/protocol';
import { RefusedError } from '../../transactions/refused.error';

/** The `error` of a response. */
export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
}

/**
 * A refusal as this API tells it (spec 2.13): FAILURE has its code, everything else shares one, an unfinished wait included.
 *
 * @returns `undefined` for what must not happen, which is told by the log alone
 */
export function jsonRpcErrorOf(error: unknown): JsonRpcError | undefined {
  if (!(error instanceof DtxError)) return undefined;
  const isFailure = error instanceof RefusedError && error.isConflict;
  return { code: isFailure ? JSON_RPC_CODES.failure : JSON_RPC_CODES.internal, message: error.message };
}

/** @returns what a waiting client is told, `undefined` when its transaction has succeeded (spec 2.6). */
export function jsonRpcWaitError(result: WaitResult): JsonRpcError | undefined {
  switch (result.result) {
    case 'success':
      return undefined;
    case 'failure':
      return { code: JSON_RPC_CODES.failure, message: result.message };
    case 'ongoing':
      return { code: JSON_RPC_CODES.internal, message: RESULTS.ongoing };
    case 'error':
      return { code: JSON_RPC_CODES.internal, message: result.message };
  }
}
