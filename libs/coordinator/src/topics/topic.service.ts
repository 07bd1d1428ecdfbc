import {
  ERROR_CODES,
  InvalidRequestError,
  MAX_URL_LENGTH,
  parseServiceUrl,
  SERVICE_SCHEME,
} from '@nestjs-dtx/protocol';
import type { Clock } from '../clock/clock';
import type { TransactionStore } from '../stores/transaction-store';
import { subscribed, subscribersOf, textOf, unsubscribed, type Subscriber } from './subscribers';
import { TopicCache } from './topic-cache';
import { TopicError } from './topic.error';

/** Category of the rows in `kv`, dtm's own. */
export const TOPICS_CATEGORY = 'topics';
/** Width of the key's column (spec 7.1). Characters. */
const MAX_TOPIC_LENGTH = 128;
/** Longest remark. Characters. */
const MAX_REMARK_LENGTH = 1024;
/** Control characters and lone surrogates: no store keeps all of them. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;
/** Tries of a change that others overtake; every one of them has got one more change through. */
const MAX_ROUNDS = 10;

type Change = (list: readonly Subscriber[] | undefined) => readonly Subscriber[];

/** Topics and their subscribers (spec 2.11), persisted in `kv`; a change applies to the version that was read, or is made again. */
export class TopicService {
  private readonly cache: TopicCache;

  constructor(
    private readonly store: TransactionStore,
    clock: Clock,
  ) {
    this.cache = new TopicCache((topic) => this.read(topic), clock);
  }

  /**
   * URLs that a message to the topic calls, in the order of their subscription. What other coordinators changed is seen after
   * a second at most.
   *
   * @returns `undefined` when there is no such topic
   * @throws DtxError of the store
   */
  subscribers(topic: string): Promise<readonly string[] | undefined> {
    return this.cache.subscribers(topic);
  }

  /**
   * Adds a subscriber, and the topic if need be. Durable when it resolves.
   *
   * @throws TopicError, InvalidRequestError, DtxError of the store
   */
  async subscribe(topic: string, url: string, remark: string): Promise<void> {
    checkNames(topic, url);
    checkLength('remark', remark, MAX_REMARK_LENGTH);
    const problem = urlProblem(url);
    if (problem) throw new InvalidRequestError('url', problem);
    await this.change(topic, (list) => subscribed(list ?? [], { url, remark }));
  }

  /** Removes a subscriber; the topic stays, be it empty. @throws TopicError, InvalidRequestError, DtxError of the store */
  async unsubscribe(topic: string, url: string): Promise<void> {
    checkNames(topic, url);
    await this.change(topic, (list) => {
      if (!list) throw new TopicError(ERROR_CODES.notFound, 'topic', 'no such a topic');
      return unsubscribed(list, url);
    });
  }

  /** @throws TopicError when there is no such topic; DtxError of the store */
  async delete(topic: string): Promise<void> {
    const existed = await this.store.kvDelete(TOPICS_CATEGORY, topic);
    this.cache.forget(topic);
    if (!existed) throw new TopicError(ERROR_CODES.notFound, 'topic', 'storage: NotFound');
  }

  private async change(topic: string, changed: Change): Promise<void> {
    let version = 0;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const row = await this.store.kvFind(TOPICS_CATEGORY, topic);
      version = row?.version ?? 0;
      const value = textOf(changed(row && subscribersOf(topic, row.value)));
      // By its value as well: a topic that was deleted and made again meanwhile may have the same version, and other subscribers.
      const isDone = await this.store.kvPut({ category: TOPICS_CATEGORY, key: topic, value }, version, row?.value);
      if (!isDone) continue;
      this.cache.forget(topic);
      return;
    }
    const lost = version === 0 ? 'storage: UniqueKeyConflict' : 'storage: NotFound';
    throw new TopicError(ERROR_CODES.conflict, 'topic', lost);
  }

  private async read(topic: string): Promise<readonly string[] | undefined> {
    const row = await this.store.kvFind(TOPICS_CATEGORY, topic);
    return row && subscribersOf(topic, row.value).map(({ url }) => url);
  }
}

function checkNames(topic: string, url: string): void {
  if (topic === '') throw new TopicError(ERROR_CODES.invalidRequest, 'topic', 'empty topic');
  if (url === '') throw new TopicError(ERROR_CODES.invalidRequest, 'url', 'empty url');
  checkLength('topic', topic, MAX_TOPIC_LENGTH);
  checkLength('url', url, MAX_URL_LENGTH);
}

function checkLength(field: string, text: string, most: number): void {
  if (text.length > most) throw new InvalidRequestError(field, `must not be longer than ${most} characters`);
  if (FORBIDDEN.test(text)) throw new InvalidRequestError(field, 'must not contain control characters');
}

/** Which transports there are, and which one a message uses, is known when it is sent. What no transport could call is told now. */
function urlProblem(url: string): string | undefined {
  if (/\s/.test(url)) return 'must not contain spaces';
  if (url.startsWith('topic:')) return 'must not name a topic';
  if (/^https?:/i.test(url) && !URL.canParse(url)) return 'must be an absolute http(s) URL';
  if (url.startsWith(SERVICE_SCHEME) && !parseServiceUrl(url)) return 'must have the form svc://service/handler';
  return undefined;
}
