import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DtxClient } from '../dtx-client';
import type { WorkflowFunction } from './run-workflow';
import type { WorkflowOptions } from './workflow-definition';

/** One instance of a service that runs workflows: a client, and a server at which the coordinator calls back. */
export class WorkflowInstance {
  /** Callbacks as they came: `method op status`. */
  readonly callbacks: string[] = [];

  private constructor(
    readonly client: DtxClient,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => {
      const { searchParams } = new URL(request.url ?? '', this.url);
      const [op, gid] = [searchParams.get('op') ?? '', searchParams.get('gid') ?? ''];
      request.resume();
      void client.workflows.resume(op, gid).then(({ status, body }) => {
        this.callbacks.push(`${request.method} ${op} ${status}`);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  static async start(coordinator: string): Promise<WorkflowInstance> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WorkflowInstance(new DtxClient({ coordinator, timeoutMs: 5000 }), server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a workflow known, to be resumed here. */
  register<Input, Result>(
    name: string,
    run: WorkflowFunction<Input, Result>,
    options: Partial<WorkflowOptions> = {},
  ): void {
    this.client.workflows.register(name, run, { callback: `${this.url}/resume?from=test`, ...options });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await this.client.close();
  }
}
