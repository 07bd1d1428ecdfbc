import { connect, type Socket } from 'node:net';
import { describeError, notConnected, timedOut, type HttpCallRequest, type WhenDone } from '../http-call';
import type { HttpConnection } from '../http-connection';
import { atEndOfTurn } from './end-of-turn';
import { PlainExchange } from './plain-exchange';

/** What a read may bring at once: more than most answers have. */
const READ_BYTES = 16 * 1024;
/** Payloads up to this size become one text with the head: to copy them costs less than a second write. */
const MAX_JOINED_BYTES = 16 * 1024;
/** When the operating system begins to ask whether an idle peer is still there. Milliseconds. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/**
 * A connection to an http origin. It does what branch calls need and no more (one call at a time, a body that is there, the
 * beginning of the answer), as the HTTP client is the dearest part of a transaction: a general one takes twice the time.
 */
export class PlainConnection implements HttpConnection {
  private readonly host: string;
  private readonly address: { readonly host: string; readonly port: number };
  private socket: Socket | undefined;
  private exchange: PlainExchange | undefined;
  private idleUntilMs = 0;
  private isClosing = false;

  /** @param origin scheme, host and port */
  constructor(origin: string) {
    const { host, hostname, port } = new URL(origin);
    this.host = host;
    this.address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
  }

  call(request: HttpCallRequest, done: WhenDone): void {
    let exchange: PlainExchange;
    try {
      exchange = new PlainExchange(request, this.host, done);
    } catch (error) {
      done({ answered: false, reason: describeError(error) });
      return;
    }
    this.exchange = exchange;
    // The answer may be there, and it was this process that had no time to look: after a standstill timers come before sockets.
    exchange.startTimer(() => atEndOfTurn(() => this.expire(exchange, request)));
    this.endIfIdle();
    // The server may have ended the connection, or have sent what nobody asked for: whatever of it has arrived must be looked at before the
    // request is sent, or it would be taken for the answer.
    if (this.socket) atEndOfTurn(() => this.send(exchange));
    else this.send(exchange);
  }

  endIfIdle(): boolean {
    if (!this.socket) return false;
    if (performance.now() < this.idleUntilMs) return true;
    this.drop();
    return false;
  }

  close(): void {
    if (this.exchange) this.isClosing = true;
    else this.drop();
  }

  destroy(): Promise<void> {
    if (this.exchange) this.fail('the connection was closed by the coordinator');
    else this.drop();
    return Promise.resolve();
  }

  private send(exchange: PlainExchange): void {
    if (exchange !== this.exchange) return;
    try {
      this.socket ??= this.open();
      exchange.isSent = true;
      write(this.socket, exchange);
    } catch (error) {
      this.fail(describeError(error));
    }
  }

  private expire(exchange: PlainExchange, request: HttpCallRequest): void {
    if (exchange !== this.exchange) return;
    this.fail(this.socket?.connecting ? notConnected(request) : timedOut(request));
  }

  private open(): Socket {
    const socket: Socket = connect({
      ...this.address,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      // One piece of memory for all reads: a stream would take a new one for each.
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (size, memory) => this.received(socket, Buffer.from(memory.buffer, memory.byteOffset, size)),
      },
    });
    // A call under way has its timer; an idle connection must not keep the process. Where several addresses are tried, the socket is
    // another one when it is connected.
    socket.unref().once('connect', () => socket.unref());
    socket.on('error', (error) => this.lost(socket, describeError(error)));
    socket.on('end', () => this.ended(socket));
    socket.on('close', () => this.lost(socket, 'the connection was closed before the answer was complete'));
    return socket;
  }

  /** @returns whether to read on */
  private received(socket: Socket, bytes: Buffer): boolean {
    if (socket !== this.socket) return false;
    const { exchange } = this;
    if (!exchange?.isSent) {
      this.drop();
      return false;
    }
    let isComplete: boolean;
    try {
      isComplete = exchange.answer.take(bytes);
    } catch (error) {
      this.fail(describeError(error));
      return false;
    }
    if (isComplete) this.finish(exchange);
    return true;
  }

  private ended(socket: Socket): void {
    if (socket !== this.socket) return;
    const { exchange } = this;
    if (exchange?.isSent && exchange.answer.end()) this.finish(exchange);
    else this.lost(socket, 'the other side closed the connection before the answer was complete');
  }

  /** A request that has not been sent gets a new connection. */
  private lost(socket: Socket, reason: string): void {
    if (socket !== this.socket) return;
    if (this.exchange?.isSent) this.fail(reason);
    else this.drop();
  }

  private finish(exchange: PlainExchange): void {
    const { keepAliveMs } = exchange.answer;
    this.exchange = undefined;
    // An answer that came before the request was sent whole leaves the rest of it on the way.
    if (keepAliveMs === 0 || this.isClosing || this.socket!.writableLength > 0) this.drop();
    else this.idleUntilMs = performance.now() + keepAliveMs;
    exchange.finish();
  }

  private fail(reason: string): void {
    const { exchange } = this;
    this.exchange = undefined;
    this.drop();
    exchange?.fail(reason);
  }

  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
  }
}

function write(socket: Socket, { head, payload }: PlainExchange): void {
  if (payload.length === 0) socket.write(head, 'latin1');
  else if (payload.length <= MAX_JOINED_BYTES) socket.write(head + payload.toString('latin1'), 'latin1');
  else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(payload);
    socket.uncork();
  }
}
