import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { BatchOutcome } from '../../batch/batch-outcome';
import type { Write, WriteResult } from '../../writes';
import { SharedRing } from './shared-ring';
import type { SqliteWriter } from './sqlite-writer';
import type { WriterData } from './sqlite.worker';
import { decodeOutcomes, encodeWrite, type EncodedOutcomes } from './write-codec';
import type { CallReply, WriterCall, WriterMethod, WriterReply } from './writer-protocol';

type Settled<T> = T extends Promise<infer V> ? V : T;

/** Batches live shortly: room for them to die young saves most collections, and with them the wake-ups of V8's helpers. */
const YOUNG_GENERATION_MB = 64;

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** The writer thread as seen from the main one: a remote {@link SqliteWriter}, and where its writes come together. */
export class WriterThread {
  private readonly worker: Worker;
  private readonly ring = SharedRing.create();
  /** In the order of the replies. */
  private calls: Waiting<unknown>[] = [];
  /** In the order of the ring, which is the order of the replies. */
  private writes: Waiting<WriteResult>[] = [];
  /** Writes for which the ring had no room. There is a reply to come, as it is full, and with that there is room again. */
  private overflow: string[] = [];
  private whenIdle: (() => void)[] = [];
  private isWaking = false;
  private ended: Error | undefined;

  /**
   * @param file the database file, whose schema is already there
   * @param maxBatch most writes in one database transaction
   */
  constructor(file: string, maxBatch: number) {
    this.worker = new Worker(workerFile(), {
      workerData: { file, maxBatch, ring: this.ring.memory } satisfies WriterData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.worker.on('message', (reply: WriterReply) => this.settle(reply));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('the writer thread has ended')));
  }

  /** Writes that wait for their commit. */
  get size(): number {
    return this.writes.length;
  }

  /** @throws DtxError `DTX_STORE_UNAVAILABLE` when the database refuses or the thread is gone */
  call<M extends WriterMethod>(
    method: M,
    ...args: Parameters<SqliteWriter[M]>
  ): Promise<Settled<ReturnType<SqliteWriter[M]>>> {
    if (this.ended) return Promise.reject(unavailable(this.ended));
    return new Promise((resolve, reject) => {
      this.post({ method, args });
      this.calls.push({ resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /**
   * Commits a write, with all others that wait then.
   *
   * @throws DtxError `DTX_STORE_UNAVAILABLE` when it was not carried out
   */
  write(write: Write): Promise<WriteResult> {
    if (this.ended) return Promise.reject(unavailable(this.ended));
    const text = encodeWrite(write);
    if (!this.ring.mayHold(text)) return this.writeAlone(text);
    return new Promise((resolve, reject) => {
      this.writes.push({ resolve, reject });
      if (this.overflow.length > 0 || !this.ring.offer(text)) this.overflow.push(text);
      this.wakeSoon();
    });
  }

  /** Resolves when all writes so far have been answered. */
  async flush(): Promise<void> {
    if (this.writes.length === 0) return;
    await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  async close(): Promise<void> {
    if (this.ended) return;
    await this.call('close');
    await this.worker.terminate();
  }

  private async writeAlone(text: string): Promise<WriteResult> {
    const [outcome] = decodeOutcomes(await this.call('executeAlone', text));
    return resultOf(outcome!);
  }

  /**
   * At the end of the turn: what is written in one turn shares a transaction, as each costs the processor as much as several
   * writes. A thread that is awake finds the writes before.
   */
  private wakeSoon(): void {
    if (this.isWaking) return;
    this.isWaking = true;
    setImmediate(() => {
      this.isWaking = false;
      this.ring.wake();
    });
  }

  private post(call: WriterCall): void {
    this.worker.postMessage(call);
    this.ring.wake();
  }

  private settle(reply: WriterReply): void {
    if ('outcomes' in reply) this.settleWrites(reply.outcomes);
    else this.settleCall(reply);
  }

  private settleCall(reply: CallReply): void {
    const waiting = this.calls.shift();
    if ('error' in reply) waiting?.reject(unavailable(reply.error));
    else waiting?.resolve(reply.value);
  }

  private settleWrites(encoded: EncodedOutcomes): void {
    const outcomes = decodeOutcomes(encoded);
    const settled = this.writes.splice(0, outcomes.length);
    outcomes.forEach((outcome, index) => {
      if (outcome.ok) settled[index]!.resolve(outcome.result);
      else settled[index]!.reject(failureOf(outcome));
    });
    this.offerOverflow();
    if (this.writes.length === 0) this.tellIdle();
  }

  private offerOverflow(): void {
    if (this.overflow.length === 0) return;
    const left = this.overflow.findIndex((text) => !this.ring.offer(text));
    this.overflow = left === -1 ? [] : this.overflow.slice(left);
    this.ring.wake();
  }

  private tellIdle(): void {
    const waiting = this.whenIdle;
    this.whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  private fail(error: Error): void {
    this.ended ??= error;
    for (const { reject } of [...this.calls, ...this.writes]) reject(unavailable(error));
    this.calls = [];
    this.writes = [];
    this.overflow = [];
    this.tellIdle();
  }
}

function resultOf(outcome: BatchOutcome): WriteResult {
  if (outcome.ok) return outcome.result;
  throw failureOf(outcome);
}

const failureOf = ({ error }: Extract<BatchOutcome, { ok: false }>): DtxError => unavailable(error as Error);

/** @param cause an error, or what is left of it behind the boundary between the threads */
function unavailable(cause: { readonly message: string }): DtxError {
  const error = cause instanceof Error ? cause : Object.assign(new Error(cause.message), cause);
  return new DtxError(ERROR_CODES.storeUnavailable, `the store failed: ${cause.message}`, { cause: error });
}

/** A thread runs compiled code: the file beside this one, or its twin in the build output when this is TypeScript under a test runner. */
function workerFile(): string {
  const beside = join(__dirname, 'sqlite.worker.js');
  if (existsSync(beside)) return beside;
  const source = `${sep}libs${sep}coordinator${sep}src${sep}`;
  const [root, path] = __dirname.split(source);
  const built = join(
    `${root}`,
    'dist',
    'apps',
    'coordinator',
    'libs',
    'coordinator',
    'src',
    `${path}`,
    'sqlite.worker.js',
  );
  if (existsSync(built)) return built;
  throw new DtxError(ERROR_CODES.internal, `the writer thread is not built: run npm run build (looked for ${built})`);
}
