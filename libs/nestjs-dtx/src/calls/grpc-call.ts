import type { ArgumentsHost } from '@nestjs/common';
import type { RequestFields } from '@nestjs-dtx/client';
import { throwError, type Observable } from 'rxjs';
import type { ErrorAnswer } from '../http/error-answer';
import type { CallKind } from './call-kind';
import { grpcErrorOf } from './grpc-status';

/** The part of a call's metadata that is used here. */
interface GrpcMetadata {
  getMap(): RequestFields;
}

/** A call over gRPC: the branch stands in the metadata (spec 3.5), and the outcome in the status (spec 4.4). */
export const GRPC_CALL: CallKind = {
  fields: (host) => metadataOf(host)?.getMap() ?? {},

  /** The message is the payload already. */
  open: () => undefined,

  /** A reply is a message, if an empty one. */
  success: (value) => value ?? {},

  failure: (answer: ErrorAnswer): Observable<never> => throwError(() => grpcErrorOf(answer)),
};

/** @returns whether a call of a microservice came over gRPC: its context is the metadata. */
export function isGrpcCall(host: ArgumentsHost): boolean {
  return metadataOf(host) !== undefined;
}

function metadataOf(host: ArgumentsHost): GrpcMetadata | undefined {
  const context: unknown = host.switchToRpc().getContext();
  return typeof (context as GrpcMetadata | undefined)?.getMap === 'function' ? (context as GrpcMetadata) : undefined;
}
