import { messageUrl, readMessageUrl, type MessageTransportName } from '@nestjs-dtx/protocol';
import type { MessageHandlerMetadata } from '../discovery/nest-message';

/** Values of Nest's `Transport`, by which a handler may name the one that it listens to. */
const NEST_TRANSPORTS: Readonly<Record<MessageTransportName, number>> = {
  tcp: 0,
  redis: 1,
  nats: 2,
  mqtt: 3,
  amqp: 5,
  kafka: 6,
};

/**
 * @param bases where messages for this service are sent, one for each transport
 * @returns the URL of a handler; `undefined` when no base is its transport's
 */
export function messageAddress(
  { pattern, transport }: MessageHandlerMetadata,
  bases: readonly string[],
): string | undefined {
  const base = bases.find((it) => transport === undefined || transport === transportOf(it));
  return base === undefined ? undefined : messageUrl(base, pattern);
}

/** @returns what is wrong with a base, `undefined` if it can be used. */
export function messageBaseProblem(base: unknown): string | undefined {
  if (typeof base !== 'string' || base.endsWith('/'))
    return 'use a URL such as nats://host:4222, without a slash at the end';
  const reading = readMessageUrl(messageUrl(base, 'pattern'));
  return 'problem' in reading ? `it ${reading.problem}, with the pattern left out` : undefined;
}

function transportOf(base: string): number | undefined {
  const reading = readMessageUrl(messageUrl(base, 'pattern'));
  return 'url' in reading ? NEST_TRANSPORTS[reading.url.transport] : undefined;
}
