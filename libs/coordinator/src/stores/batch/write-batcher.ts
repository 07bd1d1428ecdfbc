import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { Write, WriteResult, WriteResults } from '../writes';
import type { BatchOutcome } from './batch-outcome';

/** Carries out one batch in one database transaction, and says for each write what became of it. */
export type BatchExecutor = (writes: readonly Write[]) => Promise<readonly BatchOutcome[]>;

/** @see WriteBatcher */
export interface WriteBatcherOptions {
  /** Most writes in one commit. Larger batches gain nothing and make everybody wait. */
  readonly maxBatch: number;
  /** Batches handed over at once. The executor carries them out in order; the second one spares it the wait for the next. */
  readonly depth: number;
  /** Most writes that wait for their batch; new work is refused beyond that, so that a slow store costs no memory (default 10,000). */
  readonly maxQueued?: number;
}

export const DEFAULT_BATCH: WriteBatcherOptions = { maxBatch: 256, depth: 1 };

export const DEFAULT_MAX_QUEUED = 10_000;

interface Pending {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit (design 4): what arrives while a commit is under way becomes the next batch; an idle batcher starts at the
 * end of the current turn and never lingers. Two writes of one gid never share a batch, and keep their order.
 */
export class WriteBatcher {
  private queue: Pending[] = [];
  private inFlight = 0;
  private scheduled = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly execute: BatchExecutor,
    private readonly options: WriteBatcherOptions = DEFAULT_BATCH,
  ) {}

  /**
   * @returns the write's own result, after the commit that holds it
   * @throws DtxError `DTX_OVERLOADED` when too many writes wait. Never for the progress of a runner: what it has done is a
   *   fact, and there are no more runners than admission lets in
   */
  write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    if (write.kind !== 'advance' && this.queue.length >= (this.options.maxQueued ?? DEFAULT_MAX_QUEUED)) {
      return Promise.reject(overloaded());
    }
    return new Promise<WriteResult>((resolve, reject) => {
      this.queue.push({ write, resolve, reject });
      if (this.scheduled || this.inFlight >= this.options.depth) return;
      this.scheduled = true;
      setImmediate(() => this.pump());
    }) as Promise<WriteResults[W['kind']]>;
  }

  /** Resolves when everything written so far has been answered. */
  async flush(): Promise<void> {
    if (this.inFlight === 0 && this.queue.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private pump(): void {
    this.scheduled = false;
    while (this.inFlight < this.options.depth && this.queue.length > 0) void this.commit(this.nextBatch());
    if (this.inFlight > 0) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }

  private nextBatch(): Pending[] {
    const gids = new Set<string>();
    const batch: Pending[] = [];
    const rest: Pending[] = [];
    for (const pending of this.queue) {
      const { gid } = pending.write;
      const takes = batch.length < this.options.maxBatch && !gids.has(gid);
      // A gid that has to wait once waits with all that follows of it, or its writes would change order.
      gids.add(gid);
      (takes ? batch : rest).push(pending);
    }
    this.queue = rest;
    return batch;
  }

  private async commit(batch: readonly Pending[]): Promise<void> {
    this.inFlight += 1;
    try {
      const outcomes = await this.execute(batch.map(({ write }) => write));
      batch.forEach((pending, index) => {
        const outcome = outcomes[index];
        if (outcome?.ok) pending.resolve(outcome.result);
        else pending.reject(outcome?.error ?? new Error('the batch executor gave no outcome for this write'));
      });
    } catch (error) {
      for (const pending of batch) pending.reject(error);
    }
    this.inFlight -= 1;
    this.pump();
  }
}

export const overloaded = (): DtxError =>
  new DtxError(ERROR_CODES.overloaded, 'too many changes wait for the store: try again in a moment');
