import type { Answer, CoordinatorCall, CoordinatorLink, Silence } from '../http/coordinator-link';
import { lowerCased } from '../http/lower-cased';
import { answerOfStatus, answerOfReply } from './coordinator-answer';
import { methodOf } from './coordinator-methods';
import { GrpcChannel, type GrpcAddress } from './grpc-channel';

/** Asked for over gRPC, what only HTTP has. */
const NOT_IMPLEMENTED = 501;

/**
 * One coordinator over gRPC (spec 3): calls are asked for and answered in the words of its HTTP API, so that all that is known
 * about repeats, lost answers and refusals holds here as well.
 */
export class GrpcCoordinatorLink implements CoordinatorLink {
  readonly carriesBytes = true;
  readonly address: string;
  private readonly channel: GrpcChannel;
  private readonly metadata: Readonly<Record<string, string>>;

  /** @param headers sent with every call, as metadata */
  constructor(address: GrpcAddress, headers: Readonly<Record<string, string>>) {
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    this.address = `${host}:${address.port}`;
    this.channel = new GrpcChannel(address);
    this.metadata = lowerCased(headers);
  }

  get isClosed(): boolean {
    return this.channel.isClosed;
  }

  async exchange(call: CoordinatorCall, timeoutMs: number): Promise<Answer | Silence> {
    const wanted = methodOf(call);
    if (!wanted) {
      const message = `${call.path} is not to be had over gRPC: use the client's transport 'http', and URLs instead of names`;
      return { answered: true, status: NOT_IMPLEMENTED, body: JSON.stringify({ message }) };
    }
    const { method, message } = wanted;
    const reply = await this.channel.call({
      path: method.path,
      message: method.requestSerialize(message),
      metadata: this.metadata,
      timeoutMs,
    });
    if (!reply.answered) return reply;
    return reply.code === 0 ? answerOfReply(method, reply.message) : answerOfStatus(method, reply);
  }

  close(): Promise<void> {
    return this.channel.close();
  }
}
