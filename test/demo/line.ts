import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Cleanup } from '../support/cleanup';

/** The network between a bank and the coordinator, which can lose a request. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private loss: { readonly path: string; readonly onLost: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** @param port of the coordinator, on this machine */
  static async open(cleanup: Cleanup, port: number): Promise<Line> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new Line(server, port);
    cleanup.add(() => line.close());
    return line;
  }

  /** Where the bank finds the coordinator. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Loses the next request with this path, and all that follows on its connection. Resolves when it has happened. */
  lost(path: string): Promise<void> {
    return new Promise((resolve) => (this.loss = { path, onLost: resolve }));
  }

  private join(client: Socket): void {
    const coordinator = connect(this.port, '127.0.0.1');
    let isDead = false;
    client.on('data', (chunk) => {
      const { loss } = this;
      if (loss && chunk.toString('latin1').includes(loss.path)) {
        this.loss = undefined;
        isDead = true;
        loss.onLost();
      }
      if (!isDead) coordinator.write(chunk);
    });
    coordinator.pipe(client);
    for (const [socket, other] of [[client, coordinator] as const, [coordinator, client] as const]) {
      this.sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          this.sockets.delete(socket);
          other.destroy();
        });
    }
  }

  private async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
