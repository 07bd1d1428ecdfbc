import { createRequire } from 'node:module';
import type { MessageTransportName } from '@nestjs-dtx/protocol';

/** What the clients of Nest 12 load, beside `@nestjs/microservices` itself. TCP needs nothing. */
const PACKAGES: Readonly<Record<MessageTransportName, readonly string[]>> = {
  tcp: [],
  redis: ['ioredis'],
  nats: ['@nats-io/transport-node'],
  amqp: ['amqplib', 'amqp-connection-manager'],
  mqtt: ['mqtt'],
  kafka: ['kafkajs'],
};

/** What Nest 11 loads instead. */
const PREDECESSORS: Readonly<Record<string, string>> = { '@nats-io/transport-node': 'nats' };

/** Looks whether the libraries of a transport are there, without loading them. Nest itself would end the process. */
export class TransportPackages {
  private readonly known = new Map<MessageTransportName, readonly string[]>();

  /** @param resolve throws for a package that is not installed */
  constructor(private readonly resolve: (name: string) => unknown = resolveFromNest) {}

  /** @returns the packages to be installed where the coordinator runs; usually none. */
  missing(transport: MessageTransportName): readonly string[] {
    const known = this.known.get(transport);
    if (known) return known;
    const missing = ['@nestjs/microservices', ...PACKAGES[transport]].filter(
      (name) => !this.isInstalled(name) && !this.isInstalled(PREDECESSORS[name] ?? name),
    );
    this.known.set(transport, missing);
    return missing;
  }

  private isInstalled(name: string): boolean {
    try {
      this.resolve(name);
      return true;
    } catch {
      return false;
    }
  }
}

const here = createRequire(__filename);

/** From where Nest's own clients look for them. */
function resolveFromNest(name: string): string {
  const nest = here.resolve('@nestjs/microservices');
  return name === '@nestjs/microservices' ? nest : createRequire(nest).resolve(name);
}
