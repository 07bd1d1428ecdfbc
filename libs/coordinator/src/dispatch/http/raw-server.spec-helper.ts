import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server that speaks no HTTP but what a test writes to the socket after a request has come. */
export class RawServer {
  readonly sockets = new Set<Socket>();
  /** Connections that were made so far. */
  connections = 0;
  requests = 0;
  /** What came, as text. */
  received = '';
  /** Connections that the caller has ended. */
  closed = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(answer: (socket: Socket) => void): Promise<RawServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const raw = new RawServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
    server.on('connection', (socket) => raw.serve(socket, answer));
    return raw;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket, answer: (socket: Socket) => void): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket
      .on('error', () => {})
      .on('close', () => {
        this.sockets.delete(socket);
        this.closed += 1;
      })
      .on('data', (bytes) => {
        this.requests += 1;
        this.received += bytes.toString('latin1');
        answer(socket);
      });
  }
}
