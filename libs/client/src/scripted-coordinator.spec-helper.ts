import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';

/** One answer of the script. `reset` cuts the connection after the request was read, `hang` never answers. */
export type Scripted =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'hang';

/** What reached the server. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** Milliseconds. */
  readonly at: number;
}

export const OK: Scripted = { status: 200, body: { dtm_result: 'SUCCESS' } };

export const conflict = (message: string): Scripted => ({ status: 409, body: { dtm_result: 'FAILURE', message } });

/** @returns the answer of `/query` for a transaction in this status, `null` for an unknown one. */
export function transaction(status: string | null, more: Readonly<Record<string, unknown>> = {}): Scripted {
  return { status: 200, body: { transaction: status === null ? null : { gid: 'g1', status, ...more }, branches: [] } };
}

/** A real HTTP server that answers each path by its own script, in order; the last entry is repeated. */
export class ScriptedCoordinator {
  readonly received: Received[] = [];
  private readonly app: FastifyInstance = fastify({ forceCloseConnections: true });
  private readonly scripts: Record<string, readonly Scripted[]>;

  private constructor(scripts: Record<string, readonly Scripted[]>) {
    this.scripts = scripts;
  }

  static async start(scripts: Record<string, readonly Scripted[]>): Promise<ScriptedCoordinator> {
    const server = new ScriptedCoordinator(scripts);
    server.app.all('*', (request, reply) => {
      const path = request.url.replace('/api/dtmsvr', '').split('?')[0] ?? '';
      const earlier = server.requests(path).length;
      const { method, url, headers, body } = request;
      server.received.push({ method, url, headers, body, at: performance.now() });
      const script = server.scripts[path] ?? [];
      return answer(reply, script[Math.min(earlier, script.length - 1)]);
    });
    await server.app.listen({ host: '127.0.0.1', port: 0 });
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }

  requests(path: string): Received[] {
    return this.received.filter((request) => request.url.split('?')[0] === `/api/dtmsvr${path}`);
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}

function answer(reply: FastifyReply, scripted: Scripted | undefined): FastifyReply {
  if (scripted === undefined) return reply.status(404).type('text/plain').send('404 page not found');
  if (scripted === 'hang') return reply.hijack();
  if (scripted === 'reset') {
    reply.hijack().raw.socket?.resetAndDestroy();
    return reply;
  }
  const { status, body, headers = {} } = scripted;
  const type = typeof body === 'string' ? 'text/plain' : 'application/json; charset=utf-8';
  return reply
    .status(status)
    .headers(headers)
    .type(type)
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}
