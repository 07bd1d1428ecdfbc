export * from './branch-metadata';
export type * from './coordinator-messages';
export type * from './dtm-messages';
export * from './grpc-outcome';
export * from './grpc-url';
export { Message, type Field, type MessageInput, type MessageValue } from './message';
export * from './services';
export * from './status';
export { MalformedMessageError } from './wire-reader';
