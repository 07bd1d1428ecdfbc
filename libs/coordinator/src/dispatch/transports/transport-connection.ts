import { types } from 'node:util';
import { Logger } from '@nestjs/common';
import type { MessageReply } from '@nestjs-dtx/protocol';
import { Subscription } from 'rxjs';
import { ConnectionLog } from './connection-log';
import type { TransportClient } from './transport-clients';

/** The reply of a service, or the reason why there was none. */
export type MessageExchange =
  { readonly answered: true; readonly reply: MessageReply } | { readonly answered: false; readonly reason: string };

/** @see TransportConnection.exchange */
export interface MessageRequest {
  readonly pattern: unknown;
  readonly data: object;
  readonly gid: string;
  /** Covers the whole exchange, connecting included. Milliseconds. */
  readonly timeoutMs: number;
}

/** One client from its connection to its loss. */
interface Session {
  readonly client: TransportClient;
  readonly statuses: Subscription;
  lost: boolean;
}

/** Statuses of Nest's clients after which this one is of no use. */
const LOST = new Set(['disconnected', 'closed', 'reconnecting', 'crashed', 'stopped']);
/** For a connection that nobody refuses. Longer than a call may wait: the next one finds it ready. Milliseconds. */
const OPEN_MS = 15_000;
/** How long the end waits for a client that says goodbye. Milliseconds. */
const CLOSE_MS = 2000;

/**
 * The connection to one server or broker: opened by the first call, and by the first one after it was lost. All that waited
 * for a reply when it was lost end at once.
 */
export class TransportConnection {
  private readonly log: ConnectionLog;
  private opening: Promise<Session> | undefined;
  private current: Session | undefined;
  private closed = false;

  /** @param create makes a client that is not connected yet */
  constructor(
    name: string,
    private readonly create: () => Promise<TransportClient>,
    logger = new Logger('Transports'),
  ) {
    this.log = new ConnectionLog(name, logger);
  }

  /** Sends a request and waits for its reply. Never rejects. */
  async exchange(request: MessageRequest): Promise<MessageExchange> {
    const deadline = new Deadline(request.timeoutMs);
    try {
      const session = await Promise.race([this.session(), deadline.passed]);
      if (session === undefined) return { answered: false, reason: `not connected within ${request.timeoutMs} ms` };
      return await send(session, request, deadline);
    } catch (error) {
      return { answered: false, reason: reasonOf(error) };
    } finally {
      deadline.clear();
    }
  }

  /** Ends the connection and all that wait for replies. */
  async close(): Promise<void> {
    this.closed = true;
    const session = await this.opening?.catch(() => undefined);
    if (!session) return;
    this.forget(session);
    await disposeOf(session.client);
  }

  private session(): Promise<Session> {
    if (this.closed) return Promise.reject(new Error('the coordinator shuts down'));
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      this.log.down(reasonOf(error));
      throw error;
    });
    return this.opening;
  }

  private async open(): Promise<Session> {
    const client = await this.create();
    try {
      await within(OPEN_MS, client.proxy.connect());
    } catch (error) {
      void disposeOf(client);
      throw error;
    }
    const session: Session = { client, lost: false, statuses: new Subscription() };
    this.current = session;
    this.log.up();
    session.statuses.add(client.proxy.status.subscribe((status: string) => LOST.has(status) && this.lose(session)));
    if (session.lost) throw new Error('the connection was lost');
    return session;
  }

  private lose(session: Session): void {
    if (session.lost) return;
    this.log.down('the connection was lost');
    this.forget(session);
    // Not inside of the event by which the client tells of it.
    setImmediate(() => void disposeOf(session.client));
  }

  /** The next call opens another one. */
  private forget(session: Session): void {
    session.lost = true;
    session.statuses.unsubscribe();
    if (this.current !== session) return;
    this.current = undefined;
    this.opening = undefined;
  }
}

/** Ends a client, and with it all its requests. That fails where the other side is gone. */
async function disposeOf({ proxy }: TransportClient): Promise<void> {
  await within(CLOSE_MS, Promise.resolve(proxy.close() as unknown)).catch(() => {});
}

function send(session: Session, request: MessageRequest, deadline: Deadline): Promise<MessageExchange> {
  const { client } = session;
  return new Promise((resolve) => {
    let value: unknown;
    const subscription = client.proxy.send<unknown>(request.pattern, client.message(request.data, request)).subscribe({
      next: (it) => (value = it),
      // What a handler threw arrives as plain data. An Error was made on this side, so nothing was said about the work.
      error: (error: unknown) =>
        resolve(
          types.isNativeError(error) || error instanceof Error || session.lost
            ? { answered: false, reason: reasonOf(error) }
            : { answered: true, reply: { error } },
        ),
      complete: () => resolve({ answered: true, reply: { value } }),
    });
    void deadline.passed.then(() => {
      subscription.unsubscribe();
      resolve({ answered: false, reason: `no reply within ${request.timeoutMs} ms` });
    });
  });
}

/** Resolves once, unless cleared. */
class Deadline {
  readonly passed: Promise<undefined>;
  private timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.passed = new Promise((resolve) => {
      this.timer = setTimeout(() => resolve(undefined), ms);
    });
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}

/** @throws Error when the work takes longer, or its own */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Clients reject with errors, with events of sockets, and with texts. */
function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { err, message = '', code } = (error ?? {}) as { err?: unknown; message?: string; code?: unknown };
  if (err !== undefined) return reasonOf(err);
  const inner = error instanceof AggregateError ? error.errors.map(reasonOf).join(', ') : '';
  const text = message || inner || String(error);
  return typeof code === 'string' && !text.includes(code) ? `${code}: ${text}` : text;
}
