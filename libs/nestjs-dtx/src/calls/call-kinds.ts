import type { ArgumentsHost } from '@nestjs/common';
import { branchInfoFrom, type BranchInfo } from '@nestjs-dtx/client';
import type { CallKind } from './call-kind';
import { GRPC_CALL, isGrpcCall } from './grpc-call';
import { HTTP_CALL } from './http-call';
import { MESSAGE_CALL } from './message-call';

/** @returns how a handler was called. */
export function callKindOf(host: ArgumentsHost): CallKind {
  if (host.getType<string>() !== 'rpc') return HTTP_CALL;
  return isGrpcCall(host) ? GRPC_CALL : MESSAGE_CALL;
}

/** @returns which branch the call is for, or undefined when it does not come from a coordinator. */
export function branchOf(host: ArgumentsHost): BranchInfo | undefined {
  try {
    return branchInfoFrom(callKindOf(host).fields(host));
  } catch {
    return undefined;
  }
}
