import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { BatchOutcome } from '../../batch/batch-outcome';
import type { Write } from '../../writes';
import { decodeOutcomes, encodeWrites } from './write-codec';
import type { SqliteWriter } from './sqlite-writer';
import type { WriterData } from './sqlite.worker';
import type { WriterMethod, WriterReply, WriterRequest } from './writer-protocol';

type Settled<T> = T extends Promise<infer V> ? V : T;

/** Batches live shortly: room for them to die young saves most collections, and with them the wake-ups of V8's helpers. */
const YOUNG_GENERATION_MB = 64;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The writer thread as seen from the main one: a remote {@link SqliteWriter}. */
export class WriterThread {
  private readonly worker: Worker;
  /** In the order of their requests, which is the order in which the thread answers. */
  private waiting: Waiting[] = [];
  private ended: Error | undefined;

  /** @param file the database file, whose schema is already there */
  constructor(file: string) {
    this.worker = new Worker(workerFile(), {
      workerData: { file } satisfies WriterData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.worker.on('message', (reply: WriterReply) => this.settle(reply));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('the writer thread has ended')));
  }

  /** @throws DtxError `DTX_STORE_UNAVAILABLE` when the database refuses or the thread is gone */
  call<M extends WriterMethod>(
    method: M,
    ...args: Parameters<SqliteWriter[M]>
  ): Promise<Settled<ReturnType<SqliteWriter[M]>>> {
    if (this.ended) return Promise.reject(unavailable(this.ended));
    return new Promise((resolve, reject) => {
      this.worker.postMessage({ method, args } satisfies WriterRequest);
      this.waiting.push({ resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Group commit of one batch. @throws DtxError `DTX_STORE_UNAVAILABLE` when none of it was carried out */
  async execute(writes: readonly Write[]): Promise<BatchOutcome[]> {
    const outcomes = decodeOutcomes(await this.call('execute', encodeWrites(writes)));
    return outcomes.map((outcome) =>
      outcome.ok ? outcome : { ok: false, error: unavailable(outcome.error as Error) },
    );
  }

  async close(): Promise<void> {
    if (this.ended) return;
    await this.call('close');
    await this.worker.terminate();
  }

  private settle(reply: WriterReply): void {
    const waiting = this.waiting.shift();
    if ('error' in reply) waiting?.reject(unavailable(Object.assign(new Error(reply.error.message), reply.error)));
    else waiting?.resolve(reply.value);
  }

  private fail(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting) reject(unavailable(error));
    this.waiting = [];
  }
}

function unavailable(cause: Error): DtxError {
  return new DtxError(ERROR_CODES.storeUnavailable, `the store failed: ${cause.message}`, { cause });
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
