import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { isMessageEnvelope } from '@nestjs-dtx/protocol';
import type { RequestFields } from '@nestjs-dtx/client';
import { throwError, type Observable } from 'rxjs';
import type { ErrorAnswer } from '../http/error-answer';
import { successBody } from '../http/success-body';
import type { CallKind } from './call-kind';

/** A call through one of Nest's transports for messages: the branch stands in the envelope. */
export const MESSAGE_CALL: CallKind = {
  fields: (host) => envelopeOf(host) ?? {},

  /** The handler and its pipes see the payload, as they do of a call over HTTP; guards have seen the envelope. */
  open(context: ExecutionContext): void {
    const envelope = envelopeOf(context);
    if (envelope) context.getArgs<unknown[]>()[0] = envelope['payload'];
  },

  success: successBody,

  /** An error that clients of other kinds understand too: `status` is where they look. */
  failure: ({ status, body }: ErrorAnswer): Observable<never> =>
    throwError(() => ({ ...(typeof body === 'object' ? body : { message: body }), status })),
};

function envelopeOf(host: ArgumentsHost): RequestFields | undefined {
  const message: unknown = host.switchToRpc().getData();
  return isMessageEnvelope(message) ? { ...message } : undefined;
}
