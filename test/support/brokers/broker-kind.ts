import type { ServerCommand } from '../servers/server-kind';

/** Names of the message brokers that tests run on. */
export type BrokerName = 'redis' | 'nats' | 'rabbitmq' | 'mosquitto' | 'kafka';

/** Where one private broker lives. */
export interface BrokerHome {
  readonly folder: string;
  readonly port: number;
  /** Further ports that are free, for what brokers talk about among themselves. */
  readonly otherPorts: readonly [number, number];
}

/** What differs between brokers. A further one is a file with this. */
export interface BrokerKind {
  readonly name: BrokerName;
  /** @returns what keeps it from being started, `undefined` when nothing does */
  missing(): string | undefined;
  /** Writes what it needs into its folder, before it is started for the first time. */
  prepare?(home: BrokerHome): Promise<void>;
  /** A process that runs beside it, all the time. */
  helper?(home: BrokerHome): ServerCommand;
  serve(home: BrokerHome): ServerCommand;
  /** @throws Error while it is not ready for clients */
  check?(port: number): Promise<void>;
}
