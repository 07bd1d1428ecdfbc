import { randomUUID } from 'node:crypto';
import type { MessageUrl } from '@nestjs-dtx/protocol';
import type { ClientOptions, ClientProxy } from '@nestjs/microservices';
import type { Credentials } from './broker-credentials';

type SASLOptions = { mechanism: 'plain'; username: string; password: string };

/** Nest's package, loaded when the first message is to be sent. */
type Nest = typeof import('@nestjs/microservices');

/** A client that is not connected yet. */
export interface TransportClient {
  readonly proxy: ClientProxy;
  /** @returns what is to be sent, with what the transport can say about it. @param timeoutMs after which nobody waits for the reply */
  message(data: object, about: { readonly gid: string; readonly timeoutMs: number }): object;
}

/** A broker that does not answer is tried again by the next call, so no client waits longer. Milliseconds. */
const CONNECT_MS = 5000;
/** How soon a connection that has died silently is noticed. Seconds. */
const KEEP_ALIVE_SECONDS = 10;

/**
 * Makes the client of a transport. It never connects again by itself: whoever uses it makes another one, so that each
 * transport behaves alike and an unused one is left alone.
 */
export async function createTransportClient(
  url: MessageUrl,
  credentials: Credentials | undefined,
): Promise<TransportClient> {
  const nest = await import('@nestjs/microservices');
  const proxy = nest.ClientProxyFactory.create(optionsOf(nest, url, credentials));
  if (url.transport === 'kafka') (proxy as InstanceType<Nest['ClientKafka']>).subscribeToResponseOf(url.pattern);
  // They log every attempt. What happened is told by their promises and statuses, and logged once.
  Object.assign(proxy, { logger: SILENT });
  if (url.transport === 'mqtt' || url.transport === 'redis') keepReplySubscriptions(proxy);
  return { proxy, message: (data, about) => messageOf(nest, url, data, about) };
}

/**
 * These clients end the subscription to a pattern's replies with the last request that waits for one, and count a request
 * only once its own subscription is confirmed. One that waits for this confirmation just then would be sent with nobody
 * listening, and its reply be lost: with many calls at once, that is most of them. So a subscription lasts as long as the connection.
 */
function keepReplySubscriptions(proxy: ClientProxy): void {
  Object.assign(proxy, { unsubscribeFromChannel: nothing });
}

function messageOf(
  nest: Nest,
  { transport }: MessageUrl,
  data: object,
  { gid, timeoutMs }: { readonly gid: string; readonly timeoutMs: number },
): object {
  // A request whose reply nobody waits for any more need not be delivered: it is sent again.
  if (transport === 'amqp') return new nest.RmqRecordBuilder(data).setOptions({ expiration: timeoutMs }).build();
  return transport === 'kafka' ? { key: gid, value: data } : data;
}

function optionsOf(nest: Nest, url: MessageUrl, credentials: Credentials | undefined): ClientOptions {
  const { Transport } = nest;
  const { secure, hosts } = url;
  const { host, port } = hosts[0]!;
  switch (url.transport) {
    case 'tcp':
      return { transport: Transport.TCP, options: { host, port, ...(secure && { tlsOptions: { servername: host } }) } };
    case 'redis':
      return {
        transport: Transport.REDIS,
        options: {
          host,
          port,
          connectTimeout: CONNECT_MS,
          ...(credentials && { username: credentials.user, password: credentials.password }),
          ...(secure && { tls: {} }),
        },
      };
    case 'nats':
      return { transport: Transport.NATS, options: natsOptions(url, credentials) };
    case 'amqp':
      return { transport: Transport.RMQ, options: rmqOptions(url, credentials) };
    case 'mqtt':
      return {
        transport: Transport.MQTT,
        options: {
          url: `${secure ? 'mqtts' : 'mqtt'}://${bracketed(host)}:${port}`,
          reconnectPeriod: 0,
          connectTimeout: CONNECT_MS,
          keepalive: KEEP_ALIVE_SECONDS,
          ...(credentials && { username: credentials.user, password: credentials.password }),
        },
      };
    case 'kafka':
      return { transport: Transport.KAFKA, options: kafkaOptions(url, credentials) };
  }
}

function natsOptions({ secure, hosts }: MessageUrl, credentials: Credentials | undefined) {
  return {
    servers: hosts.map(({ host, port }) => `${bracketed(host)}:${port}`),
    reconnect: false,
    timeout: CONNECT_MS,
    pingInterval: KEEP_ALIVE_SECONDS * 1000,
    ...(credentials && { user: credentials.user, pass: credentials.password }),
    ...(secure && { tls: {} }),
  };
}

/** The queue is its consumer's to declare: a second declaration with other options would be refused. */
function rmqOptions({ secure, hosts, queue = '', vhost = '/' }: MessageUrl, credentials: Credentials | undefined) {
  return {
    urls: hosts.map(({ host, port }) => ({
      protocol: secure ? 'amqps' : 'amqp',
      hostname: host,
      port,
      vhost,
      username: credentials?.user ?? 'guest',
      password: credentials?.password ?? 'guest',
    })),
    queue,
    noAssert: true,
    socketOptions: { heartbeatIntervalInSeconds: KEEP_ALIVE_SECONDS, connectionOptions: { timeout: CONNECT_MS } },
  };
}

/** A group of its own for each coordinator: every one of them reads all replies, and knows its own. */
function kafkaOptions({ secure, hosts }: MessageUrl, credentials: Credentials | undefined) {
  return {
    client: {
      clientId: 'nestjs-dtx',
      brokers: hosts.map(({ host, port }) => `${bracketed(host)}:${port}`),
      connectionTimeout: CONNECT_MS,
      ssl: secure,
      retry: { retries: 1, initialRetryTime: 100 },
      ...(credentials && {
        sasl: saslOf(credentials),
      }),
    },
    consumer: { groupId: `nestjs-dtx-${randomUUID()}`, allowAutoTopicCreation: true },
    producer: { allowAutoTopicCreation: true },
  };
}

/** One of the three, as kafkajs tells them apart by types. */
function saslOf({ user: username, password, mechanism = 'plain' }: Credentials): SASLOptions {
  return { mechanism, username, password } as SASLOptions;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

const nothing = (): void => {};
const SILENT = { log: nothing, error: nothing, warn: nothing, debug: nothing, verbose: nothing, fatal: nothing };
