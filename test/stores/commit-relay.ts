import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Cleanup } from '../support/cleanup';
import { endsTransaction, type CommitChoice } from '../support/commit-text';

/** A commit on its way from a client to its server. */
export interface PassingCommit {
  /** Sends it on to the server. */
  send(): void;
  /** Keeps the answers of the server from the client. */
  mute(): void;
  /** Ends the connection for the client; the server's side stays as it is. */
  cutClient(): void;
  /** Ends the server's side. */
  cutServer(): void;
}

/** Stands between a store and its database, and does to a commit what the test wants. */
export class CommitRelay {
  private readonly sockets = new Set<Socket>();
  private onCommit: ((commit: PassingCommit) => Promise<void>) | undefined;
  private choice: CommitChoice = {};
  private failure: unknown;
  private isOpen = true;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** @param target port of the database server, on this machine */
  static async start(cleanup: Cleanup, target: number): Promise<CommitRelay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = new CommitRelay(server, target);
    cleanup.add(() => relay.stop());
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** @param onCommit what becomes of the next such commit */
  next(onCommit: (commit: PassingCommit) => Promise<void>, choice: CommitChoice = {}): void {
    this.onCommit = onCommit;
    this.choice = choice;
  }

  /** Whether new connections are taken. */
  open(isOpen: boolean): void {
    this.isOpen = isOpen;
  }

  /** @throws what a test's treatment of a commit threw */
  check(): void {
    if (this.failure !== undefined) throw this.failure as Error;
    if (this.onCommit) throw new Error('no commit came by');
  }

  private join(client: Socket): void {
    if (!this.isOpen) return void client.destroy();
    const upstream = connect(this.target, '127.0.0.1');
    const answer = (chunk: Buffer) => void client.write(chunk);
    upstream.on('data', answer);
    client.on('data', (chunk) => {
      const { onCommit } = this;
      if (!onCommit || !endsTransaction(chunk.toString('latin1'), this.choice)) return void upstream.write(chunk);
      this.onCommit = undefined;
      const commit: PassingCommit = {
        send: () => void upstream.write(chunk),
        mute: () => void upstream.off('data', answer).resume(),
        cutClient: () => void client.off('close', leave).destroy(),
        cutServer: () => void upstream.destroy(),
      };
      onCommit(commit).catch((error: unknown) => (this.failure = error));
    });
    const leave = () => void upstream.destroy();
    client.on('close', leave);
    upstream.on('close', () => client.destroy());
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    }
  }

  private async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
