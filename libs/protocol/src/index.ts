export * from './branch-id';
export * from './branch-registration';
export * from './errors';
export * from './gid';
export * from './grpc';
export * from './json-rpc';
export * from './limits';
export * from './messages/message-envelope';
export * from './messages/message-outcome';
export * from './messages/message-url';
export * from './options-json';
export * from './outcome';
export { parseBranchRegistration } from './parse/branch-registration';
export { checkGid } from './parse/gid';
export {
  grpcFieldName,
  parseGrpcAbortRequest,
  parseGrpcBranchRegistration,
  parseGrpcTransactionRequest,
} from './parse/grpc-requests';
export { parseAbortRequest, parseTransactionRequest } from './parse/transaction-request';
export * from './service-registry';
export * from './text';
export * from './transaction-request';
export * from './views';
export * from './vocabulary';
