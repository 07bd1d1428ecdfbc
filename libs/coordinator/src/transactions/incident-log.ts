import type { BranchCall, TransactionState } from '@nestjs-dtx/engine';
import type { Outcome } from '@nestjs-dtx/protocol';
import { Logger } from '@nestjs/common';

/** One line per call that did not succeed, with what an operator needs to find the cause (design 7). */
export class IncidentLog {
  private readonly logger = new Logger('Branch');

  /** The branch gave no result: it is retried with back-off. */
  failed(state: TransactionState, call: BranchCall, outcome: Outcome): void {
    this.logger.warn(`${line(state, call)} failed and will be retried: ${outcome.text}`);
  }

  /** The branch refused where its mode forbids it: somebody has to look (design 3.4). */
  forbidden(state: TransactionState, call: BranchCall, outcome: Outcome): void {
    this.logger.error(
      `${line(state, call)} answered ${outcome.text}, but ${call.op} must not refuse: it is retried until it succeeds`,
    );
  }

  /** The branch's answer was read off a bare word in its body. */
  substring(state: TransactionState, call: BranchCall, outcome: Outcome): void {
    this.logger.warn(
      `${line(state, call)} taken for ${outcome.kind} only because its body mentions the word: ` +
        'answer 409 or 425, or dtm_result, or set OUTCOME_SUBSTRING=off',
    );
  }

  deferred(state: TransactionState, call: BranchCall, reason: string): void {
    this.logger.debug(`${line(state, call)} put off: ${reason}`);
  }

  stale(state: TransactionState): void {
    this.logger.debug(`gid=${state.gid} was taken over or stopped: this run ends`);
  }
}

function line(state: TransactionState, call: BranchCall): string {
  return `gid=${state.gid} branch=${call.branchId} op=${call.op} attempt=${state.attempts} url=${call.url}`;
}
