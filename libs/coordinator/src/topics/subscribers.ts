import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { TopicError } from './topic.error';

/** One subscription of a topic. */
export interface Subscriber {
  /** What a message to the topic calls: an action URL of any form. */
  readonly url: string;
  /** For people. */
  readonly remark: string;
}

/** @returns the list as it is stored (spec 2.11). */
export function textOf(subscribers: readonly Subscriber[]): string {
  return JSON.stringify(subscribers.map(({ url, remark }) => ({ url, remark })));
}

/**
 * Reads a stored list; rows may come from dtm, which leaves empty fields and lists out.
 *
 * @throws DtxError `DTX_STORE_CORRUPT`
 */
export function subscribersOf(topic: string, text: string): readonly Subscriber[] {
  const list = parsed(text);
  if (list === null) return [];
  if (!Array.isArray(list)) throw corrupt(topic);
  return list.map((entry: unknown) => {
    const { url, remark } = (entry ?? {}) as Partial<Record<string, unknown>>;
    if (typeof url !== 'string') throw corrupt(topic);
    return { url, remark: typeof remark === 'string' ? remark : '' };
  });
}

/** @throws TopicError when this URL is subscribed already */
export function subscribed(list: readonly Subscriber[], added: Subscriber): readonly Subscriber[] {
  if (list.some(({ url }) => url === added.url)) {
    throw new TopicError(ERROR_CODES.conflict, 'url', 'this url exists');
  }
  return [...list, added];
}

/** @throws TopicError when this URL is not subscribed. The space at the end of one text is dtm's. */
export function unsubscribed(list: readonly Subscriber[], removed: string): readonly Subscriber[] {
  if (list.length === 0) throw new TopicError(ERROR_CODES.notFound, 'topic', 'this topic is empty');
  const left = list.filter(({ url }) => url !== removed);
  if (left.length === list.length) throw new TopicError(ERROR_CODES.notFound, 'url', 'no such an url ');
  return left;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function corrupt(topic: string): DtxError {
  return new DtxError(
    ERROR_CODES.storeCorrupt,
    `the subscribers of topic ${topic} cannot be read: delete the topic and subscribe them again`,
  );
}
