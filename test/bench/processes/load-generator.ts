import { newGid } from '@nestjs-dtx/protocol';
import { Client, type Dispatcher } from 'undici';
import { closedLoop } from '../load/closed-loop';
import { openLoop } from '../load/open-loop';
import type { Operation } from '../load/operation';
import { sagaBodies } from '../load/saga';
import type { RunOrder, Tally } from '../load/tally';
import { serveRuns } from './driver';

const HEADERS = { 'content-type': 'application/json' };
/** A lane that hangs must not hang the measurement. Milliseconds. */
const TIMEOUT_MS = 15_000;
const PROBLEM_LENGTH = 200;

/** One connection with at most one saga under way. On undici's lowest level, one object for all its sagas: the load must never be the bottleneck. */
class SagaClient implements Dispatcher.DispatchHandler {
  private status = 0;
  private text = '';
  private done: (problem?: string) => void = () => {};

  constructor(
    private readonly client: Client,
    private readonly bodyOf: (gid: string) => string,
  ) {}

  readonly submit: Operation = (done) => {
    this.done = done;
    this.text = '';
    this.client.dispatch(
      { path: '/api/dtmsvr/submit', method: 'POST', headers: HEADERS, body: this.bodyOf(newGid()) },
      this,
    );
  };

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.status !== 200) this.text += chunk.toString();
  }

  onResponseEnd(): void {
    if (this.status === 200) this.done();
    else this.done(`${this.status} ${this.text.slice(0, PROBLEM_LENGTH)}`);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.done(error.message);
  }
}

async function run({ target, branches, inflight, steps, seconds, perSecond }: RunOrder): Promise<Tally> {
  const bodyOf = sagaBodies(branches, steps);
  const timeouts = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
  const clients = Array.from({ length: inflight }, () => new Client(target, timeouts));
  const operations = clients.map((client) => new SagaClient(client, bodyOf).submit);
  try {
    if (perSecond === undefined) return await closedLoop(operations, seconds);
    return await openLoop(operations, { perSecond, seconds });
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
}

serveRuns('load generator', run);
