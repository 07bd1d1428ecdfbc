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

  /**
   * @param headers sent with every call, as metadata
   * @param overHttp the same coordinator, for what gRPC does not offer
   */
  constructor(
    address: GrpcAddress,
    headers: Readonly<Record<string, string>>,
    private readonly overHttp?: CoordinatorLink,
  ) {
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
    if (!wanted) return this.overHttp?.exchange(call, timeoutMs) ?? notToBeHad(call);
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

  async close(): Promise<void> {
    await Promise.all([this.channel.close(), this.overHttp?.close()]);
  }
}

function notToBeHad({ path }: CoordinatorCall): Answer {
  const message = `${path} is not to be had over gRPC: set httpCoordinator`;
  return { answered: true, status: NOT_IMPLEMENTED, body: JSON.stringify({ message }) };
}
