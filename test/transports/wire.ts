import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { missingBroker, startBroker, type BrokerName, type PrivateBroker } from '../support/brokers';
import type { Cleanup } from '../support/cleanup';
import { serverPort } from '../support/servers/server-port';
import { createTopics } from './kafka-topics';

/** Scheme of the branch URLs. */
export type WireName = 'tcp' | 'redis' | 'nats' | 'amqp' | 'mqtt' | 'kafka';

/** One of Nest's transports, as coordinator and consumer use it. */
export interface Wire {
  readonly name: WireName;
  /** What keeps it from being used here, and the command that mends it. */
  readonly missing: string | undefined;
  /** Whether something stands between coordinator and consumer that can fail by itself. */
  readonly hasBroker: boolean;
  /** @param patterns what branches will be called by */
  open(cleanup: Cleanup, patterns: readonly string[]): Promise<OpenWire>;
}

/** A transport with a broker that runs. */
export interface OpenWire {
  /** Branch URLs without their patterns. */
  readonly base: string;
  /** The consumer's side. */
  readonly transport: MicroserviceOptions;
  /** Absent where messages go straight to the consumer. */
  readonly broker?: PrivateBroker;
}

const ALWAYS = 1_000_000;
/** Queue of RabbitMQ and group of Kafka. */
const QUEUE = 'bank';

const tcp: Wire = {
  name: 'tcp',
  missing: undefined,
  hasBroker: false,
  open: async () => {
    const port = await serverPort();
    return {
      base: `tcp://127.0.0.1:${port}`,
      transport: { transport: Transport.TCP, options: { host: '127.0.0.1', port } },
    };
  },
};

/** What differs between transports with a broker. */
interface Sides {
  readonly base: string;
  readonly transport: MicroserviceOptions;
  readonly prepare?: (patterns: readonly string[]) => Promise<void>;
}

/** @param sides URL and the consumer's options at a port, on which it connects again by itself and soon */
function brokered(name: WireName, brokerName: BrokerName, sides: (port: number) => Sides): Wire {
  return {
    name,
    missing: missingBroker(brokerName),
    hasBroker: true,
    open: async (cleanup, patterns) => {
      const broker = await startBroker(cleanup, brokerName);
      const { base, transport, prepare } = sides(broker.port);
      await prepare?.(patterns);
      return { broker, transport, base };
    },
  };
}

/** All of Nest's transports; a further one is one more entry. */
export const WIRES: Readonly<Record<WireName, Wire>> = {
  tcp,
  redis: brokered('redis', 'redis', (port) => ({
    base: `redis://127.0.0.1:${port}`,
    transport: {
      transport: Transport.REDIS,
      options: { host: '127.0.0.1', port, retryAttempts: ALWAYS, retryDelay: 100 },
    },
  })),
  nats: brokered('nats', 'nats', (port) => ({
    base: `nats://127.0.0.1:${port}`,
    transport: {
      transport: Transport.NATS,
      options: {
        servers: [`nats://127.0.0.1:${port}`],
        queue: QUEUE,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        ignoreClusterUpdates: true,
      },
    },
  })),
  amqp: brokered('amqp', 'rabbitmq', (port) => ({
    base: `amqp://127.0.0.1:${port}/${QUEUE}`,
    transport: {
      transport: Transport.RMQ,
      options: {
        urls: [`amqp://127.0.0.1:${port}`],
        queue: QUEUE,
        queueOptions: { durable: true },
        socketOptions: { reconnectTimeInSeconds: 0.2 },
      },
    },
  })),
  mqtt: brokered('mqtt', 'mosquitto', (port) => ({
    base: `mqtt://127.0.0.1:${port}`,
    transport: { transport: Transport.MQTT, options: { url: `mqtt://127.0.0.1:${port}`, reconnectPeriod: 100 } },
  })),
  kafka: brokered('kafka', 'kafka', (port) => ({
    base: `kafka://127.0.0.1:${port}`,
    prepare: (patterns) => createTopics(port, patterns),
    transport: {
      transport: Transport.KAFKA,
      options: {
        client: {
          brokers: [`127.0.0.1:${port}`],
          retry: { initialRetryTime: 100, maxRetryTime: 500, retries: ALWAYS },
        },
        consumer: { groupId: QUEUE, sessionTimeout: 6000, heartbeatInterval: 500 },
      },
    },
  })),
};

/** Their names, in the order of every table. */
export const WIRE_NAMES = Object.keys(WIRES) as readonly WireName[];
