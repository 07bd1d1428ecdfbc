import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What is needed of an HTTP or HTTPS server. */
export interface ListeningServer {
  address(): string | AddressInfo | null;
}

/**
 * @returns the URL at which others reach a server that listens, or undefined for one on a pipe. Where it listens on all
 * addresses, the first one that is not this machine's own is taken.
 */
export function baseUrlOf(server: ListeningServer): string | undefined {
  const address = server.address();
  if (address === null || typeof address === 'string') return undefined;
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  const host = address.address === '::' || address.address === '0.0.0.0' ? reachableAddress() : address.address;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function reachableAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
