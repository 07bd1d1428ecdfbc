import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { until } from './until';

/** One call that a {@link ScriptedService} received. */
export interface ReceivedCall {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a {@link ScriptedService} answers. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Decides on the answer to a call. One that never resolves is a call that hangs. */
export type ServiceScript = (call: ReceivedCall) => ServiceAnswer | Promise<ServiceAnswer>;

const json = (status: number, body: object): ServiceAnswer => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/** The answers of the protocol, by what they mean (spec 4.3). */
export const ANSWERS = {
  success: json(200, { dtm_result: 'SUCCESS' }),
  failure: json(409, { dtm_result: 'FAILURE', message: 'insufficient funds' }),
  ongoing: json(425, { dtm_result: 'ONGOING' }),
  error: json(500, { message: 'broken' }),
} as const;

/** A participant made for tests: a real HTTP server on a free port that logs its calls and answers as it is told. */
export class ScriptedService {
  readonly calls: ReceivedCall[] = [];
  /** Connections that were opened to it so far. */
  connections = 0;
  /** Replace it to change the answers. */
  script: ServiceScript = () => ANSWERS.success;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('connection', () => (this.connections += 1));
    server.on('request', (request, response) => {
      // A caller that hung up, or a script that throws: the connection is cut.
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  /** @param port 0 takes a free one */
  static async start(port = 0): Promise<ScriptedService> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedService(server, (server.address() as AddressInfo).port);
  }

  /** `http://host:port` */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The calls as `path[branch op]`, in order of arrival. */
  get notation(): string[] {
    return this.calls.map(({ path, query }) => `${path.slice(1)}[${query['branch_id']} ${query['op']}]`);
  }

  /** Tells of every connection that is opened from now on. */
  onConnection(listener: (socket: Socket) => void): void {
    this.server.on('connection', listener);
  }

  /** Waits until so many calls have arrived, answered or not. */
  async received(count: number): Promise<void> {
    await until(() => this.calls.length >= count);
  }

  /** Ends all connections, calls that hang included. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const call: ReceivedCall = {
      method: request.method ?? '',
      url: request.url ?? '',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    this.calls.push(call);
    const { status, body = '', headers = {} } = await this.script(call);
    response.writeHead(status, headers).end(body);
  }
}
