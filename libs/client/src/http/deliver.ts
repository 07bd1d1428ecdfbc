import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES } from '@nestjs-dtx/protocol';
import { CoordinatorRefusedError } from '../errors/coordinator-refused.error';
import type { Answer, CoordinatorCall, CoordinatorLink, Silence } from './coordinator-link';
import { jsonObjectOf, messageOf } from './answer-text';
import { backOffMs, retryAfterMs } from './retry-pause';

/** Milliseconds. */
export interface DeliveryLimits {
  /** One try. */
  readonly tryMs: number;
  /** All tries and the pauses between them. */
  readonly overallMs: number;
}

/** What all tries came to. */
export interface Delivery {
  /** The coordinator's answer; undefined if it was silent or busy to the end. */
  readonly answer?: Answer;
  /** The last try that brought no answer to work with. */
  readonly lastFailure?: Error;
  /** Whether a try without an answer may have taken effect. */
  readonly uncertain: boolean;
}

/** After so many tries without any answer the coordinator counts as unreachable. */
const MAX_SILENT_TRIES = 4;

/** "Not now", from the coordinator or a proxy before it. */
const BUSY = new Set([429, 502, 503, 504]);
/** Codes of 503 answers that were given before anything was stored. */
const REFUSED_AT_THE_DOOR = new Set<unknown>([ERROR_CODES.overloaded, ERROR_CODES.shuttingDown]);

/**
 * Repeats a call until it is answered: every call of the protocol may be repeated, as its gid says what it is about
 * (spec 5.6). A coordinator that says when to come back (503 with `retry-after`) is asked again within the limit.
 */
export async function deliver(
  connection: CoordinatorLink,
  call: CoordinatorCall,
  limits: DeliveryLimits,
): Promise<Delivery> {
  const deadline = performance.now() + limits.overallMs;
  let uncertain = false;
  let silent = 0;
  let busy: Error | undefined;
  for (let tries = 0; ; tries += 1) {
    const timeoutMs = Math.max(Math.ceil(Math.min(limits.tryMs, deadline - performance.now())), 1);
    const reply = await connection.exchange(call, timeoutMs);
    if (reply.answered && !BUSY.has(reply.status)) return { answer: reply, uncertain };
    uncertain ||= mayHaveTakenEffect(reply);
    if (!reply.answered) silent += 1;
    else busy = failureOf(reply);
    const pauseMs = pauseAfter(reply, tries);
    if (silent === MAX_SILENT_TRIES || connection.isClosed || performance.now() + pauseMs >= deadline) {
      // The last try may have had no time left to hear it once more.
      return { lastFailure: (timeoutMs < limits.tryMs ? busy : undefined) ?? failureOf(reply), uncertain };
    }
    await sleep(pauseMs);
  }
}

function mayHaveTakenEffect(reply: Answer | Silence): boolean {
  if (!reply.answered) return reply.mayHaveArrived;
  return reply.status !== 429 && !REFUSED_AT_THE_DOOR.has(jsonObjectOf(reply.body)?.['code']);
}

function pauseAfter(reply: Answer | Silence, tries: number): number {
  const asked = reply.answered ? retryAfterMs(reply.retryAfter, Date.now()) : undefined;
  return asked ?? backOffMs(tries);
}

function failureOf(reply: Answer | Silence): Error {
  if (!reply.answered) return reply.cause;
  const pauseMs = retryAfterMs(reply.retryAfter, Date.now());
  const options = pauseMs === undefined ? {} : { retryAfterSeconds: Math.ceil(pauseMs / 1000) };
  return new CoordinatorRefusedError(reply.status, messageOf(reply), options);
}
