import type { TransactionState } from '@nestjs-dtx/engine';
import type { Outcome } from '@nestjs-dtx/protocol';
import { Logger } from '@nestjs/common';
import type { AlertService } from '../alerts/alert.service';
import type { Returned } from './call-queue';

/** Characters of a service's answer that a line shows: answers may be whole pages. */
const MAX_TEXT = 500;

/**
 * What goes wrong with transactions: one line per call that did not succeed, with what an operator needs to find the cause
 * (design 7), and alerts for what somebody should look at.
 */
export class IncidentLog {
  private readonly logger = new Logger('Branch');

  /** @param alerts absent when nobody is to be told */
  constructor(private readonly alerts?: AlertService) {}

  /** The branch gave no result: it is retried with back-off. */
  failed(state: TransactionState, returned: Returned, outcome: Outcome): void {
    this.logger.warn(`${line(state, returned)} failed and will be retried: ${oneLine(outcome.text)}`);
    this.alerts?.failed(state, returned.call, outcome.text);
  }

  /**
   * The branch refused where its mode forbids it: somebody has to look (design 3.4).
   *
   * @param isNew whether that is not what its last call came to as well
   */
  forbidden(state: TransactionState, returned: Returned, outcome: Outcome, isNew: boolean): void {
    const { call } = returned;
    const { op } = call;
    this.logger.error(
      `${line(state, returned)} answered ${oneLine(outcome.text)}, but ${op} must not refuse: it is retried until it succeeds`,
    );
    this.alerts?.forbidden(state, call, { error: outcome.text, isNew });
  }

  /** The branch's answer was read off a bare word in its body. */
  substring(state: TransactionState, returned: Returned, outcome: Outcome): void {
    this.logger.warn(
      `${line(state, returned)} taken for ${outcome.kind} only because its body mentions the word: ` +
        'answer 409 or 425, or dtm_result, or set OUTCOME_SUBSTRING=off',
    );
  }

  deferred(state: TransactionState, returned: Returned, reason: string): void {
    this.logger.debug(`${line(state, returned)} put off: ${reason}`);
  }

  /** No more attempts are made: somebody has to look, and to make it due again (`max_attempts`). */
  exhausted(state: TransactionState): void {
    this.logger.error(
      `gid=${state.gid} is given up after ${state.attempts} failed calls (max_attempts): ` +
        `resetNextCronTime makes one more; the last error: ${oneLine(state.lastError)}`,
    );
    this.alerts?.stuck(state);
  }

  /**
   * The rows make no sense: nothing is called, and it is looked at again later.
   *
   * @param isNew whether that is not what the last look came to as well
   */
  corrupt(state: TransactionState, isNew: boolean): void {
    this.logger.error(`gid=${state.gid} ${state.lastError}`);
    if (isNew) this.alerts?.stuck(state);
  }

  stale(state: TransactionState): void {
    this.logger.debug(`gid=${state.gid} was taken over or stopped: this run ends`);
  }
}

function line({ gid, attempts }: TransactionState, { call, tookMs }: Returned): string {
  const { branchId, op, url } = call;
  return `gid=${gid} branch=${branchId} op=${op} attempt=${attempts} took=${Math.round(tookMs)}ms url=${url}`;
}

/** An answer must not be able to look like further lines of the log. */
function oneLine(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/[\s\p{Cc}]+/gu, ' ');
}
