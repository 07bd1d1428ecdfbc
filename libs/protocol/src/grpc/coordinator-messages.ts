import { bytes, int64, Message, nested, repeatedNested, string, type MessageInput, type MessageValue } from './message';

/** The messages of `nestjs_dtx.v1.Coordinator`, which this project adds. */

export const TRANSACTION = new Message('Transaction', {
  id: int64(1),
  gid: string(2),
  trans_type: string(3),
  status: string(4),
  protocol: string(5),
  query_prepared: string(6),
  options: string(7),
  custom_data: string(8),
  result: string(9),
  rollback_reason: string(10),
  business_key: string(11),
  owner: string(12),
  attempts: int64(13),
  last_error: string(14),
  next_cron_interval: int64(15),
  next_cron_time: string(16),
  create_time: string(17),
  update_time: string(18),
  finish_time: string(19),
  rollback_time: string(20),
});

export const BRANCH = new Message('Branch', {
  id: int64(1),
  branch_id: string(2),
  op: string(3),
  url: string(4),
  status: string(5),
  payload: bytes(6),
  create_time: string(7),
  update_time: string(8),
  finish_time: string(9),
  rollback_time: string(10),
});

export const QUERY_REQUEST = new Message('QueryRequest', { gid: string(1) });
export const QUERY_REPLY = new Message('QueryReply', {
  transaction: nested(1, TRANSACTION),
  branches: repeatedNested(2, BRANCH),
});

export const LIST_REQUEST = new Message('ListRequest', {
  status: string(1),
  trans_type: string(2),
  business_key: string(3),
  position: string(4),
  limit: int64(5),
  create_time_start: int64(6),
  create_time_end: int64(7),
});
export const LIST_REPLY = new Message('ListReply', {
  transactions: repeatedNested(1, TRANSACTION),
  next_position: string(2),
});

export const FORCE_STOP_REQUEST = new Message('ForceStopRequest', { gid: string(1) });
export const FORCE_STOP_REPLY = new Message('ForceStopReply', {});
export const RETRY_NOW_REQUEST = new Message('RetryNowRequest', { gid: string(1) });
export const RETRY_NOW_REPLY = new Message('RetryNowReply', {});

export type GrpcTransaction = MessageInput<typeof TRANSACTION.fields>;
export type GrpcBranch = MessageInput<typeof BRANCH.fields>;
export type ListRequestMessage = MessageValue<typeof LIST_REQUEST.fields>;
