import { lookup } from 'node:dns/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../../clock/clock';
import { GrpcConnection } from './grpc-connection';

/** Addresses of a name. @throws Error when there are none */
export type ResolveName = (host: string) => Promise<readonly string[]>;

/** @see GrpcChannel */
export interface GrpcChannelOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions | undefined;
  readonly clock: Clock;
  /** Replaced by tests. */
  readonly resolve?: ResolveName;
}

/** Age from which addresses are looked up again, beside the calls. Milliseconds. */
const REFRESH_MS = 10_000;
/** How long an address that could not be connected to is passed over, if there are others. Milliseconds. */
const AVOID_MS = 2000;

/**
 * The instances of one service: one connection to each, calls go round. There is no back-off: whether a service that was
 * restarted is there again is found out by the next call, and who calls too often is stopped by the breaker.
 */
export class GrpcChannel {
  private addresses: readonly string[] = [];
  private resolvedMs = 0;
  private resolving: Promise<void> | undefined;
  private readonly connections = new Map<string, GrpcConnection>();
  private readonly avoidUntil = new Map<string, number>();
  private turn = 0;
  private isClosed = false;

  constructor(private readonly options: GrpcChannelOptions) {}

  /** How many addresses the name has, as far as is known. */
  get size(): number {
    return this.addresses.length;
  }

  /** @returns the connection whose turn it is. @throws Error, also later, when the name has no address */
  pick(): GrpcConnection | Promise<GrpcConnection> {
    const now = this.options.clock.monotonicMs();
    if (this.addresses.length === 0) return this.resolve().then(() => this.next(this.options.clock.monotonicMs()));
    // Those at hand serve meanwhile; a failure leaves them as they are.
    if (now - this.resolvedMs > REFRESH_MS) this.resolve().catch(() => undefined);
    return this.next(now);
  }

  /** A connection could not be made: another address is taken, and the name is looked up again. */
  failed({ target: { address } }: GrpcConnection): void {
    this.avoidUntil.set(address, this.options.clock.monotonicMs() + AVOID_MS);
    this.resolve().catch(() => undefined);
  }

  /** Takes no more calls, and ends its connections after those that are on them. */
  retire(): void {
    this.isClosed = true;
    for (const connection of this.connections.values()) connection.retire();
  }

  /** Ends at once; calls on it fail. */
  destroy(): void {
    this.isClosed = true;
    for (const connection of this.connections.values()) connection.destroy();
  }

  private next(now: number): GrpcConnection {
    if (this.isClosed) throw new Error('the coordinator is shutting down');
    const count = this.addresses.length;
    const start = this.turn;
    this.turn = (this.turn + 1) % count;
    for (let offset = 0; offset < count; offset += 1) {
      const address = this.addresses[(start + offset) % count]!;
      if ((this.avoidUntil.get(address) ?? 0) <= now) return this.connection(address);
    }
    return this.connection(this.addresses[start % count]!);
  }

  private connection(address: string): GrpcConnection {
    const known = this.connections.get(address);
    if (known?.isUsable) return known;
    const { host, port, tls } = this.options;
    const made = new GrpcConnection({ host, port, tls, address }, (gone) => {
      if (this.connections.get(address) === gone) this.connections.delete(address);
    });
    this.connections.set(address, made);
    return made;
  }

  /** One look-up at a time, whoever asks. */
  private resolve(): Promise<void> {
    this.resolving ??= this.lookUp().finally(() => (this.resolving = undefined));
    return this.resolving;
  }

  private async lookUp(): Promise<void> {
    const { host, clock, resolve = resolveName } = this.options;
    // Also where it fails: the next try is as far away.
    this.resolvedMs = clock.monotonicMs();
    const found = await resolve(host);
    if (found.length === 0) throw new Error(`${host} has no address`);
    this.addresses = found;
    for (const address of this.avoidUntil.keys()) if (!found.includes(address)) this.avoidUntil.delete(address);
    for (const [address, connection] of this.connections) {
      if (found.includes(address)) continue;
      this.connections.delete(address);
      connection.retire();
    }
  }
}

async function resolveName(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
