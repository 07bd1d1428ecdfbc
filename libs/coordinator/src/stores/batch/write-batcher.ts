import { setImmediate as nextTurn } from 'node:timers/promises';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { Write, WriteResult, WriteResults } from '../writes';
import type { BatchOutcome } from './batch-outcome';

/** Carries out one batch in one database transaction, and says for each write what became of it. */
export type BatchExecutor = (writes: readonly Write[]) => Promise<readonly BatchOutcome[]>;

/** @see WriteBatcher */
export interface WriteBatcherOptions {
  /** Most writes in one commit. Larger batches gain nothing and make everybody wait. */
  readonly maxBatch: number;
  /** Batches under way at once, no two of them with the same gid. */
  readonly depth: number;
  /** A further batch starts beside one that is under way as soon as so many writes wait for it: small ones cost more than they gain (default 1). */
  readonly overlapFrom?: number;
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

/** Writes that are committed together. */
interface Batch {
  readonly pending: readonly Pending[];
  readonly gids: ReadonlySet<string>;
}

/**
 * Group commit (design 4): what arrives while a commit is under way becomes the next batch; an idle batcher starts at the
 * end of the current turn and never lingers. Two writes of one gid never share a batch, are never under way in two of them,
 * and keep their order.
 */
export class WriteBatcher {
  private queue: Pending[] = [];
  private underWay: readonly Batch[] = [];
  private scheduled = false;
  /** Batches that have ended and whose writers have not been told yet. */
  private answering = 0;
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
      if (this.scheduled || !this.mayStart()) return;
      this.scheduled = true;
      setImmediate(() => this.pump());
    }) as Promise<WriteResults[W['kind']]>;
  }

  /** Resolves when everything written so far has been answered. */
  async flush(): Promise<void> {
    if (this.isIdle) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private mayStart(): boolean {
    const { depth, overlapFrom = 1 } = this.options;
    if (this.underWay.length === 0) return this.queue.length > 0;
    return this.underWay.length < depth && this.queue.length >= overlapFrom;
  }

  /** @returns whether a batch was started */
  private pump(): boolean {
    this.scheduled = false;
    let started = false;
    while (this.mayStart()) {
      const batch = this.nextBatch();
      // All that waits is about what is under way.
      if (batch.pending.length === 0) break;
      void this.commit(batch);
      started = true;
    }
    return started;
  }

  private nextBatch(): Batch {
    const gids = new Set<string>();
    const waiting = new Set<string>();
    const pending: Pending[] = [];
    const rest: Pending[] = [];
    for (const next of this.queue) {
      const { gid } = next.write;
      // A gid that has to wait once waits with all that follows of it, or its writes would change order.
      const mustWait = gids.has(gid) || waiting.has(gid) || this.isUnderWay(gid);
      const takes = !mustWait && pending.length < this.options.maxBatch;
      (takes ? gids : waiting).add(gid);
      (takes ? pending : rest).push(next);
    }
    this.queue = rest;
    return { pending, gids };
  }

  private isUnderWay(gid: string): boolean {
    return this.underWay.some(({ gids }) => gids.has(gid));
  }

  private async commit(batch: Batch): Promise<void> {
    const { pending } = batch;
    this.underWay = [...this.underWay, batch];
    const answer = await this.answerOf(pending);
    this.underWay = this.underWay.filter((other) => other !== batch);
    this.answering += 1;
    // What follows from the answers keeps us busy for a while. The store gets its next batch first, and is busy meanwhile.
    const isNextSent = this.pump();
    // Answers keep the order of their batches.
    if (isNextSent || this.answering > 1) await nextTurn();
    answer();
    this.answering -= 1;
    this.tellIdle();
  }

  /** Carries out one batch. @returns what tells each write its outcome */
  private async answerOf(pending: readonly Pending[]): Promise<() => void> {
    try {
      const outcomes = await this.execute(pending.map(({ write }) => write));
      return () => pending.forEach((write, index) => answerOne(write, outcomes[index]));
    } catch (error) {
      return () => pending.forEach(({ reject }) => reject(error));
    }
  }

  private tellIdle(): void {
    if (!this.isIdle) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }

  private get isIdle(): boolean {
    return this.underWay.length === 0 && this.queue.length === 0 && this.answering === 0;
  }
}

function answerOne({ resolve, reject }: Pending, outcome: BatchOutcome | undefined): void {
  if (outcome?.ok) resolve(outcome.result);
  else reject(outcome?.error ?? new Error('the batch executor gave no outcome for this write'));
}

export const overloaded = (): DtxError =>
  new DtxError(ERROR_CODES.overloaded, 'too many changes wait for the store: try again in a moment');
