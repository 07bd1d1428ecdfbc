import {
  bool,
  bytes,
  int64,
  Message,
  nested,
  repeatedBytes,
  repeatedNested,
  string,
  stringMap,
  type MessageInput,
  type MessageValue,
} from './message';

/** The messages of `dtmgimp.Dtm` and `workflow.Workflow` (spec 3.2). Their .proto files stand in `proto/`; a test compares both. */

export const EMPTY = new Message('Empty', {});

export const DTM_TRANS_OPTIONS = new Message('DtmTransOptions', {
  WaitResult: bool(1),
  TimeoutToFail: int64(2),
  RetryInterval: int64(3),
  BranchHeaders: stringMap(5),
  RequestTimeout: int64(6),
  RetryLimit: int64(7),
  // Ours, as the same fields of the HTTP API.
  Concurrent: bool(101),
  MaxAttempts: int64(102),
  OnComplete: string(103),
});

export const DTM_REQUEST = new Message('DtmRequest', {
  Gid: string(1),
  TransType: string(2),
  TransOptions: nested(3, DTM_TRANS_OPTIONS),
  CustomedData: string(4),
  BinPayloads: repeatedBytes(5),
  QueryPrepared: string(6),
  Steps: string(7),
  ReqExtra: stringMap(8),
  RollbackReason: string(9),
  // Ours, as the same field of the HTTP API.
  BusinessKey: string(101),
});

export const DTM_GID_REPLY = new Message('DtmGidReply', { Gid: string(1) });

export const DTM_BRANCH_REQUEST = new Message('DtmBranchRequest', {
  Gid: string(1),
  TransType: string(2),
  BranchID: string(3),
  Op: string(4),
  Data: stringMap(5),
  BusiPayload: bytes(6),
});

export const DTM_TRANSACTION = new Message(
  'DtmTransaction',
  {
    Gid: string(1),
    Status: string(2),
    RollbackReason: string(3),
    Result: string(4),
  },
  { Gid: 'gid', Status: 'status', RollbackReason: 'rollback_reason', Result: 'result' },
);

export const DTM_PROGRESS = new Message(
  'DtmProgress',
  {
    Status: string(1),
    BinData: bytes(2),
    BranchID: string(3),
    Op: string(4),
  },
  { Status: 'status', BinData: 'bin_data', BranchID: 'branch_id', Op: 'op' },
);

export const DTM_PROGRESSES_REPLY = new Message(
  'DtmProgressesReply',
  {
    Transaction: nested(1, DTM_TRANSACTION),
    Progresses: repeatedNested(2, DTM_PROGRESS),
  },
  { Transaction: 'transaction', Progresses: 'progresses' },
);

export const DTM_TOPIC_REQUEST = new Message('DtmTopicRequest', {
  Topic: string(1),
  URL: string(2),
  Remark: string(3),
});

export const WORKFLOW_DATA = new Message('WorkflowData', { Data: bytes(1) });

export type DtmRequestMessage = MessageValue<typeof DTM_REQUEST.fields>;
export type DtmRequestInput = MessageInput<typeof DTM_REQUEST.fields>;
export type DtmBranchRequestMessage = MessageValue<typeof DTM_BRANCH_REQUEST.fields>;
export type DtmProgressesReplyMessage = MessageValue<typeof DTM_PROGRESSES_REPLY.fields>;
export type DtmTopicRequestMessage = MessageValue<typeof DTM_TOPIC_REQUEST.fields>;
