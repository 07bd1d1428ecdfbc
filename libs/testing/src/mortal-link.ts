import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The way from a process to its coordinator, up to the death of the process: each write counts two moments, before it arrives
 * and before its answer comes back. After the last moment nothing gets through any more.
 */
export class MortalLink {
  /** Whether the process has died. */
  isDead = false;

  private constructor(
    private readonly server: Server,
    private readonly coordinator: string,
    private moments: number,
  ) {
    server.on('request', (request, response) => void this.pass(request, response).catch(() => response.destroy()));
  }

  /** @param moments that the process lives through */
  static async start(coordinator: string, moments: number): Promise<MortalLink> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new MortalLink(server, coordinator, moments);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.live();
    const { method = 'GET', url = '' } = request;
    const body = method === 'POST' ? { body: Buffer.concat(chunks) } : {};
    const answer = await fetch(this.coordinator + url, { method, ...body });
    const text = await answer.text();
    this.live();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  }

  /** @throws Error when the process is dead */
  private live(): void {
    this.moments -= 1;
    this.isDead ||= this.moments < 0;
    if (this.isDead) throw new Error('the process has died');
  }
}
