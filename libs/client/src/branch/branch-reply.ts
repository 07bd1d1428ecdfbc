import type { HttpAnswer, Outcome } from '@nestjs-dtx/protocol';

/** What came back from a participant: its answer, or the reason why there is none. */
export type BranchReply = BranchAnswered | { readonly answered: false; readonly cause: Error };

/** An answer; one over gRPC in the words of HTTP (spec 4.3, 4.4). */
export interface BranchAnswered extends HttpAnswer {
  readonly answered: true;
  /** The message over gRPC, which need not be text. */
  readonly bytes?: Uint8Array;
  /** What it means, where the transport says more than status and body. */
  readonly outcome?: Outcome;
}
