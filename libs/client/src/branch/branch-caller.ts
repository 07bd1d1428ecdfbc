import { mapHttpOutcome, parseGrpcUrl, transportError, type Outcome } from '@nestjs-dtx/protocol';
import { Agent, request as send } from 'undici';
import { isNeverSent } from '../http/never-sent';
import { lowerCased } from '../http/lower-cased';
import type { BranchReply } from './branch-reply';
import { branchUrl, type BranchRequest } from './branch-request';
import { GrpcBranches } from './grpc-branches';
import type { ServiceDirectory } from './service-directory';

/** Branches with nothing to call succeed (spec 4.1). */
const NOTHING_TO_DO: BranchReply = { answered: true, status: 200, body: '' };

/** @see BranchCaller */
export interface BranchCallerOptions {
  /** Sockets to one participant at most. */
  readonly connections: number;
  /** Of a request that names none. Milliseconds. */
  readonly timeoutMs: number;
}

/** Calls branches from the initiator's side (spec 9.1). It repeats nothing that may have reached a participant. */
export class BranchCaller {
  private readonly agent: Agent;
  private readonly grpc = new GrpcBranches();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly options: BranchCallerOptions,
  ) {
    this.agent = new Agent({ connections: options.connections, headersTimeout: 0, bodyTimeout: 0 });
  }

  /**
   * One call; of several instances of a service the first that can be connected to gets it.
   *
   * @throws BranchCallError, CoordinatorUnreachableError, CoordinatorRefusedError when a `svc://` URL cannot be resolved
   */
  async call(request: BranchRequest): Promise<BranchReply> {
    const [first, ...others] = await this.directory.candidates(request.url, request.handlerOps ?? [request.info.op]);
    let reply = await this.exchange(first, request);
    for (const url of others) {
      if (reply.answered || !isNeverSent(reply.cause)) break;
      reply = await this.exchange(url, request);
    }
    return reply;
  }

  /** Lets the calls under way end and closes the sockets. */
  close(): Promise<void> {
    this.closing ??= Promise.all([this.agent.close(), this.grpc.close()]).then(() => undefined);
    return this.closing;
  }

  private async exchange(url: string, request: BranchRequest): Promise<BranchReply> {
    if (url === '') return NOTHING_TO_DO;
    const timeoutMs = request.timeoutMs ?? this.options.timeoutMs;
    const target = parseGrpcUrl(url);
    return target ? this.grpc.call(target, request, timeoutMs) : this.send(url, request, timeoutMs);
  }

  private async send(
    url: string,
    { info, method, body, headers }: BranchRequest,
    timeoutMs: number,
  ): Promise<BranchReply> {
    try {
      const answer = await send(branchUrl(url, info), {
        dispatcher: this.agent,
        method,
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...lowerCased(headers ?? {}),
        },
        body: body ?? null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { answered: true, status: answer.statusCode, body: await answer.body.text() };
    } catch (error) {
      return { answered: false, cause: error as Error };
    }
  }
}

/**
 * What a reply means (spec 4.3, 4.4): the mapping is the coordinator's.
 *
 * @param options whether result words count anywhere in a body, as old services need it
 */
export function branchOutcome(reply: BranchReply, options: { readonly substring: boolean }): Outcome {
  if (reply.answered) return reply.outcome ?? mapHttpOutcome(reply, options);
  const { message, name } = reply.cause;
  const { code } = reply.cause as { code?: unknown };
  const text = message || name;
  return transportError(typeof code === 'string' && !text.includes(code) ? `${code}: ${text}` : text);
}
