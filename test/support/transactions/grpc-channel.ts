import { DTM_SERVICE, GRPC_STATUS, type DtmRequestInput } from '@nestjs-dtx/protocol';
import { GrpcCaller, type GrpcResult } from '@nestjs-dtx/testing';
import type { Reply } from '../http';
import type { CommandChannel, CommandName } from './command-channel';

type Body = Readonly<Record<string, unknown>>;

const METHODS = { prepare: DTM_SERVICE.Prepare, submit: DTM_SERVICE.Submit, abort: DTM_SERVICE.Abort } as const;

/** The statuses that mean something to an SDK, as those of HTTP that mean the same (spec 3.4). */
const STATUSES: Readonly<Record<number, number>> = {
  [GRPC_STATUS.ok]: 200,
  [GRPC_STATUS.aborted]: 409,
  [GRPC_STATUS.failedPrecondition]: 425,
};

/** Commands over gRPC (spec 3), from a client that speaks it as other clients do. @param address `host:port` */
export function overGrpc(address: string): CommandChannel {
  return async (name, body) => {
    const caller = new GrpcCaller(address);
    try {
      return await send(caller, name, body);
    } finally {
      caller.close();
    }
  };
}

async function send(caller: GrpcCaller, name: CommandName, body: Body): Promise<Reply> {
  if (name === 'registerBranch') return replyOf(await caller.call(DTM_SERVICE.RegisterBranch, branchRequest(body)));
  if (name !== 'prepareWorkflow') return replyOf(await caller.call(METHODS[name], request(body)));
  const result = await caller.call(DTM_SERVICE.PrepareWorkflow, request(body));
  const { Transaction, Progresses } = result.reply ?? {};
  return replyOf(result, {
    transaction: {
      status: Transaction?.Status,
      rollback_reason: Transaction?.RollbackReason,
      result: Transaction?.Result,
    },
    progresses: Progresses?.map(({ Status, BinData, BranchID, Op }) => ({
      status: Status,
      bin_data: Buffer.from(BinData).toString('base64'),
      branch_id: BranchID,
      op: Op,
    })),
  });
}

function replyOf({ code, details }: GrpcResult<unknown>, json: unknown = { code, message: details }): Reply {
  return { status: STATUSES[code] ?? 500, text: details, json, headers: {} };
}

function request(body: Body): DtmRequestInput {
  const text = (key: string): string => (body[key] as string | undefined) ?? '';
  return {
    Gid: text('gid'),
    TransType: text('trans_type'),
    TransOptions: {
      WaitResult: body['wait_result'] === true,
      TimeoutToFail: number(body['timeout_to_fail']),
      RetryInterval: number(body['retry_interval']),
      RequestTimeout: number(body['request_timeout']),
      RetryLimit: number(body['retry_limit']),
      BranchHeaders: map(body['branch_headers']),
    },
    CustomedData: text('custom_data'),
    BinPayloads: ((body['payloads'] as string[] | undefined) ?? []).map((payload) => Buffer.from(payload)),
    QueryPrepared: text('query_prepared'),
    // One SDK sends null, another one nothing, where there are no steps.
    Steps: body['steps'] === undefined ? 'null' : JSON.stringify(body['steps']),
    ReqExtra: map(body['req_extra']),
    RollbackReason: text('rollback_reason'),
  };
}

function branchRequest({ gid, trans_type, branch_id, data, ...rest }: Body) {
  return {
    Gid: String(gid),
    TransType: String(trans_type),
    BranchID: String(branch_id),
    BusiPayload: Buffer.from((data as string | undefined) ?? ''),
    Data: map(rest),
  };
}

const number = (value: unknown): number => (value as number | undefined) ?? 0;

const map = (value: unknown): Readonly<Record<string, string>> => (value as Record<string, string> | undefined) ?? {};
