import { newGid } from '@nestjs-dtx/protocol';
import type { Client, Dispatcher } from 'undici';
import { closedLoop } from '../load/closed-loop';
import { Connections } from '../load/connections';
import { openLoop } from '../load/open-loop';
import type { Operation } from '../load/operation';
import { requestsOf, type LoadRequest } from '../load/requests';
import type { RunOrder, Tally } from '../load/tally';
import { serveRuns } from './driver';

const HEADERS = { 'content-type': 'application/json' };
const PROBLEM_LENGTH = 200;

/**
 * One connection with at most one transaction under way, whose requests follow each other. On undici's lowest level, one object
 * for all its transactions: the load must never be the bottleneck.
 */
class TransactionClient implements Dispatcher.DispatchHandler {
  private status = 0;
  private text = '';
  private gid = '';
  private next = 0;
  private done: (problem?: string) => void = () => {};

  constructor(
    private readonly client: Client,
    private readonly requests: readonly LoadRequest[],
  ) {}

  readonly carryOut: Operation = (done) => {
    this.done = done;
    this.gid = newGid();
    this.next = 0;
    this.sendNext();
  };

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.status !== 200) this.text += chunk.toString();
  }

  onResponseEnd(): void {
    if (this.status !== 200) this.done(`${this.status} ${this.text.slice(0, PROBLEM_LENGTH)}`);
    else if (this.next < this.requests.length) this.sendNext();
    else this.done();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.done(error.message);
  }

  private sendNext(): void {
    const { path, bodyOf } = this.requests[this.next]!;
    this.next += 1;
    this.text = '';
    this.client.dispatch({ path, method: 'POST', headers: HEADERS, body: bodyOf(this.gid) }, this);
  }
}

const connections = new Connections();

async function run(order: RunOrder): Promise<Tally> {
  const { target, branches, inflight, steps, seconds, perSecond } = order;
  const requests = requestsOf(order.transType, branches, steps);
  const clients = await connections.open(target, inflight);
  const operations = clients.map((client) => new TransactionClient(client, requests).carryOut);
  if (perSecond === undefined) return closedLoop(operations, seconds);
  return openLoop(operations, { perSecond, seconds });
}

serveRuns('load generator', run);
