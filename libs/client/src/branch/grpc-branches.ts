import { BRANCH_METADATA, GRPC_STATUS, mapGrpcOutcome, type GrpcTarget, type Outcome } from '@nestjs-dtx/protocol';
import { GrpcChannel } from '../grpc/grpc-channel';
import { lowerCased } from '../http/lower-cased';
import type { BranchInfo } from './branch-info';
import type { BranchReply } from './branch-reply';
import type { BranchRequest } from './branch-request';

/** What an outcome is called over HTTP, where callers look for a status. */
const HTTP_STATUS: Readonly<Record<Outcome['kind'], number>> = { success: 200, failure: 409, ongoing: 425, error: 500 };

/** Calls branches over gRPC from the initiator's side (spec 3.5, 4.4), one connection per server. */
export class GrpcBranches {
  private readonly channels = new Map<string, GrpcChannel>();

  /** The body is the bytes of the message. Never rejects. */
  async call(target: GrpcTarget, request: BranchRequest, timeoutMs: number): Promise<BranchReply> {
    const { body = '', headers = {}, info } = request;
    const reply = await this.channelTo(target).call({
      path: target.path,
      message: typeof body === 'string' ? Buffer.from(body) : body,
      metadata: { ...lowerCased(headers), ...metadataOf(info) },
      timeoutMs,
    });
    if (!reply.answered) return { answered: false, cause: reply.cause };
    const { code, details, message } = reply;
    const outcome = mapGrpcOutcome({ code, message: details });
    const text = code === GRPC_STATUS.ok ? message.toString() : details;
    return { answered: true, status: HTTP_STATUS[outcome.kind], body: text, bytes: message, outcome };
  }

  async close(): Promise<void> {
    await Promise.all([...this.channels.values()].map((channel) => channel.close()));
  }

  private channelTo({ host, port, tls }: GrpcTarget): GrpcChannel {
    const name = `${host} ${port} ${tls}`;
    const channel = this.channels.get(name) ?? new GrpcChannel({ host, port, tls });
    this.channels.set(name, channel);
    return channel;
  }
}

function metadataOf({ gid, transType, branchId, op, dtm = '', phase2Url }: BranchInfo): Record<string, string> {
  return {
    [BRANCH_METADATA.gid]: gid,
    [BRANCH_METADATA.transType]: transType,
    [BRANCH_METADATA.branchId]: branchId,
    [BRANCH_METADATA.op]: op,
    [BRANCH_METADATA.dtm]: dtm,
    ...(phase2Url !== undefined && { [BRANCH_METADATA.phase2Url]: phase2Url }),
  };
}
