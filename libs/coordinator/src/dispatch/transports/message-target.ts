import { readMessageUrl, type MessageUrl } from '@nestjs-dtx/protocol';

/** A message URL taken apart once: the same few URLs are called over and over. */
export interface MessageTarget {
  readonly url: MessageUrl;
  /** What shares a connection: the servers, with the queue of RabbitMQ or the topic of Kafka, to which clients are bound. */
  readonly connection: string;
  /**
   * What shares limit and breaker: the connection of a service that is called directly, otherwise the pattern too, as a dead
   * consumer must not stop those behind the same broker.
   */
  readonly destination: string;
}

/** Targets kept; beyond it the cache starts afresh. URLs with ids in them must not grow it without bound. */
const MAX_CACHED = 4096;

/** Parses message URLs, remembering those seen. */
export class MessageTargets {
  private readonly cache = new Map<string, MessageTarget | string>();

  /** @returns the target, or what is wrong with the URL. */
  of(url: string): MessageTarget | string {
    const known = this.cache.get(url);
    if (known !== undefined) return known;
    const reading = readMessageUrl(url);
    const target = 'problem' in reading ? reading.problem : targetOf(reading.url);
    if (this.cache.size >= MAX_CACHED) this.cache.clear();
    this.cache.set(url, target);
    return target;
  }
}

function targetOf(url: MessageUrl): MessageTarget {
  const hosts = url.hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  const servers = `${url.transport}${url.secure ? 's' : ''}://${hosts}`;
  const pattern = typeof url.pattern === 'string' ? url.pattern : JSON.stringify(url.pattern);
  const connection = servers + boundTo(url, pattern);
  return {
    url,
    connection,
    destination: url.transport === 'tcp' ? connection : `${servers}/${[url.queue, pattern].filter(Boolean).join('/')}`,
  };
}

function boundTo({ transport, queue, vhost }: MessageUrl, pattern: string): string {
  if (transport === 'kafka') return `/${pattern}`;
  if (transport !== 'amqp') return '';
  return `/${queue ?? ''}${vhost === undefined ? '' : `?vhost=${vhost}`}`;
}
