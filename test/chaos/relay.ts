import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Cleanup } from '../support/cleanup';

/** What sends the end of a database transaction. */
const COMMIT = 'COMMIT';

/** Stands between one coordinator and its database, and can hold back the commit of what concerns one transaction. */
export class Relay {
  private readonly sockets = new Set<Socket>();
  private target: { readonly gid: string; readonly onHeld: () => void } | undefined;
  private held: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** @param port of the database server, on this machine */
  static async start(cleanup: Cleanup, port: number): Promise<Relay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = new Relay(server, port);
    cleanup.add(() => relay.stop());
    return relay;
  }

  /** Where the coordinator connects. */
  get address(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /**
   * Holds back the next commit on a connection over which the gid has come since the commit before: the server then holds
   * the locks of that database transaction. Resolves when it has happened.
   */
  async commitHeld(gid: string): Promise<void> {
    await new Promise<void>((resolve) => (this.target = { gid, onHeld: resolve }));
  }

  /** Sends on what was held back. */
  release(): void {
    this.held?.();
    this.held = undefined;
  }

  private join(client: Socket): void {
    const upstream = connect(this.port, '127.0.0.1');
    let seen = '';
    client.on('data', (chunk) => {
      const text = seen + chunk.toString('latin1');
      const hasCommit = text.includes(COMMIT);
      seen = hasCommit ? '' : text;
      const { target } = this;
      if (!target || !hasCommit || !text.includes(target.gid)) return void upstream.write(chunk);
      this.target = undefined;
      this.held = () => upstream.write(chunk);
      return target.onHeld();
    });
    upstream.pipe(client);
    for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
      this.sockets.add(socket);
      // Whatever ends one side, the other one has to hear of it.
      socket
        .on('error', () => {})
        .on('close', () => {
          this.sockets.delete(socket);
          other.destroy();
        });
    }
  }

  private async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
