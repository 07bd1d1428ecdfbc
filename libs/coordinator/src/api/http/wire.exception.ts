import { HttpException } from '@nestjs/common';
import type { WaitResult } from '@nestjs-dtx/engine';
import { RESULTS } from '@nestjs-dtx/protocol';

/** Body of every successful answer without data (spec 2.1): sent as text, since serialising a constant is work for nothing. */
export const SUCCESS_BODY = JSON.stringify({ dtm_result: RESULTS.success });

export const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer other than 200 whose exact body the protocol prescribes. */
export class WireException extends HttpException {
  constructor(
    status: number,
    readonly body: Readonly<Record<string, unknown>>,
    readonly contentType: string = JSON_TYPE,
  ) {
    super(body, status);
  }
}

/** A business refusal: 409 with FAILURE (spec 2.1). */
export function failure(message: string): WireException {
  return new WireException(409, { dtm_result: RESULTS.failure, message });
}

/** @returns what to throw at a waiting client, `undefined` when its transaction has succeeded (spec 2.6). */
export function waitException(result: WaitResult): WireException | undefined {
  switch (result.result) {
    case 'success':
      return undefined;
    case 'failure':
      return failure(result.message);
    case 'ongoing':
      return new WireException(425, { dtm_result: RESULTS.ongoing, message: RESULTS.ongoing });
    case 'error':
      return new WireException(500, { message: result.message });
  }
}
