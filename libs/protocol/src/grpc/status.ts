/** The status codes of gRPC that this protocol knows a meaning for. */
export const GRPC_STATUS = {
  ok: 0,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  /** ONGOING (spec 3.4, 4.4). */
  failedPrecondition: 9,
  /** FAILURE (spec 3.4, 4.4). */
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;
