import type { Outcome } from '@nestjs-dtx/protocol';
import { BranchCallError } from '../errors/branch-call.error';
import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import { branchOutcome } from './branch-caller';
import type { BranchReply } from './branch-reply';

/** What a participant has answered to a call that succeeded. */
export class BranchAnswer {
  /** The body; over gRPC the bytes of the reply's message. */
  readonly bytes: Uint8Array;

  /** @param body as it came; empty when nothing was called */
  constructor(
    readonly status: number,
    readonly body: string,
    bytes?: Uint8Array,
  ) {
    this.bytes = bytes ?? Buffer.from(body);
  }

  /** @returns the body as JSON. @throws SyntaxError when it is none */
  json(): unknown {
    return JSON.parse(this.body);
  }
}

/**
 * @param url as the branch was named, for errors
 * @throws BranchFailureError the participant refuses
 * @throws BranchOngoingError it is not done yet
 * @throws BranchCallError anything else: whether the call took effect is unknown
 */
export function answerOf(url: string, reply: BranchReply): BranchAnswer {
  const outcome = branchOutcome(reply, { substring: true });
  if (reply.answered && outcome.kind === 'success') return new BranchAnswer(reply.status, reply.body, reply.bytes);
  throw errorOf(url, outcome, reply.answered ? {} : { cause: reply.cause });
}

function errorOf(url: string, { kind, text }: Outcome, options: ErrorOptions): Error {
  // As the coordinator writes it into `rollback_reason` (spec 4.6).
  if (kind === 'failure') return new BranchFailureError(`url:${url} return failed: ${text}`, options);
  if (kind === 'ongoing') return new BranchOngoingError(`url:${url} is not done: ${text}`, options);
  return new BranchCallError(url, text, options);
}
