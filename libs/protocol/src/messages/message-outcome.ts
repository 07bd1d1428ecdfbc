import { SUCCESS, withResultWord, type Outcome, type OutcomeKind } from '../outcome';
import { RESULTS } from '../vocabulary';

/** How a Nest transport delivers what became of a request: the handler's result, or what it threw. */
export type MessageReply = { readonly value: unknown } | { readonly error: unknown };

/** Statuses of HTTP that exceptions of a handler carry over other transports too. */
const CONFLICT = 409;
const TOO_EARLY = 425;

/**
 * Maps the reply of a branch that was called through a Nest transport. `dtm_result` FAILURE or ONGOING decides, in the result
 * as in an error; then the `status` (or `statusCode`) 409 or 425 of an error. Any other result is a success and any other error
 * is retried, as its effect is unknown. Result words inside of texts decide nothing: there are no old services to listen to.
 */
export function mapMessageOutcome(reply: MessageReply): Outcome {
  if ('value' in reply) return verdictOf(reply.value, resultOf(reply.value)) ?? SUCCESS;
  const { error } = reply;
  const kind = resultOf(error) ?? kindOfStatus(statusOf(error));
  return verdictOf(error, kind) ?? { kind: 'error', text: textOf(error), ...statusField(error) };
}

function verdictOf(source: unknown, kind: OutcomeKind | undefined): Outcome | undefined {
  if (kind !== 'failure' && kind !== 'ongoing') return undefined;
  return { kind, text: withResultWord(textOf(source), RESULTS[kind]), ...statusField(source) };
}

function resultOf(source: unknown): OutcomeKind | undefined {
  const result = field(source, 'dtm_result');
  if (result === RESULTS.failure) return 'failure';
  return result === RESULTS.ongoing ? 'ongoing' : undefined;
}

function kindOfStatus(status: number | undefined): OutcomeKind | undefined {
  if (status === CONFLICT) return 'failure';
  return status === TOO_EARLY ? 'ongoing' : undefined;
}

function statusOf(source: unknown): number | undefined {
  const status = field(source, 'status') ?? field(source, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

function statusField(source: unknown): { status?: number } {
  const status = statusOf(source);
  return status === undefined ? {} : { status };
}

/** The message of an error if it has one: the rest of it is for programs. */
function textOf(source: unknown): string {
  if (typeof source === 'string') return source;
  const message = field(source, 'message');
  if (typeof message === 'string') return message;
  return JSON.stringify(source) ?? String(source);
}

function field(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return undefined;
  return (source as Record<string, unknown>)[name];
}
