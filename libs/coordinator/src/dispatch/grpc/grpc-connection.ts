import { connect as connectSocket } from 'node:net';
import { connect, type ClientHttp2Session } from 'node:http2';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** Where a connection goes. */
export interface GrpcAddress {
  /** Name or address as the URL has it: what a certificate is made out to. */
  readonly host: string;
  readonly port: number;
  /** The address that it stands for. */
  readonly address: string;
  /** Absent: without TLS. */
  readonly tls: ConnectionOptions | undefined;
}

/** An idle connection is looked after by the kernel: what lies between may forget it, or a machine be gone. Milliseconds. */
const TCP_KEEP_ALIVE_MS = 30_000;
/** How long a connection on which a call was not answered may take to answer a ping. Milliseconds. */
const PING_MS = 1000;

/** One HTTP/2 connection to one instance of a service. */
export class GrpcConnection {
  readonly session: ClientHttp2Session;
  /** Whether it has ever been connected; before that nothing can have reached the service. */
  hasOpened = false;
  private isProbing = false;

  /** @param onGone called once, when it cannot be used any more */
  constructor(
    readonly target: GrpcAddress,
    onGone: (connection: GrpcConnection) => void,
  ) {
    this.session = connect(authorityOf(target), { createConnection: () => openSocket(target) });
    this.session.once('connect', () => (this.hasOpened = true));
    // Who has a call on it is told by the call.
    this.session.on('error', () => undefined);
    this.session.once('close', () => onGone(this));
  }

  /** Whether it takes calls: not after the service has said goodbye. */
  get isUsable(): boolean {
    return !this.session.closed && !this.session.destroyed;
  }

  /**
   * A call was not answered in time. The service may be slow, or the connection may lead nowhere: then it is given up, so that
   * the next call finds a new one. Services punish pings, so there are none while calls are answered.
   */
  suspect(): void {
    if (!this.hasOpened) {
      this.destroy();
      return;
    }
    if (this.isProbing || !this.isUsable) return;
    this.isProbing = true;
    const timer = setTimeout(() => this.destroy(), PING_MS);
    const isSent = this.session.ping((error) => {
      clearTimeout(timer);
      this.isProbing = false;
      if (error) this.destroy();
    });
    if (!isSent) clearTimeout(timer);
  }

  /** Takes no more calls, and ends after those that are on it. */
  retire(): void {
    this.session.close();
  }

  /** Ends at once; calls on it fail. */
  destroy(): void {
    this.session.destroy();
  }
}

function authorityOf({ host, port, tls }: GrpcAddress): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function openSocket({ host, port, address, tls }: GrpcAddress) {
  const isAddress = /^[\d.]+$|:/.test(host);
  const socket = tls
    ? connectTls({ ...tls, host: address, port, ALPNProtocols: ['h2'], ...(!isAddress && { servername: host }) })
    : connectSocket({ host: address, port });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  return socket;
}
