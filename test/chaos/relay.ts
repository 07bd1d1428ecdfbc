import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Cleanup } from '../support/cleanup';
import { endsTransaction, type CommitChoice } from '../support/commit-text';

/** Stands between one coordinator and its database, and can hold back the commit of what concerns one transaction. */
export class Relay {
  private readonly sockets = new Set<Socket>();
  private target: Target | undefined;
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
   * Holds back the next such commit on a connection over which the gid has come since the commit before: the server then holds
   * the locks of that database transaction, unless all of it is held back with its commit. Resolves when it has happened.
   */
  async commitHeld(gid: string, choice: CommitChoice = {}): Promise<void> {
    await new Promise<void>((resolve) => (this.target = { gid, choice, onHeld: resolve }));
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
      const part = chunk.toString('latin1');
      const text = seen + part;
      seen = endsTransaction(text) ? '' : text;
      const { target } = this;
      const isMeant = target && endsTransaction(part, target.choice) && text.includes(target.gid);
      if (!isMeant) return void upstream.write(chunk);
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

/** The commit to hold back. */
interface Target {
  readonly gid: string;
  readonly choice: CommitChoice;
  readonly onHeld: () => void;
}
