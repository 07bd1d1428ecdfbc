import { setTimeout } from 'node:timers/promises';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { runIsolated, type BatchOutcome } from '../../batch/batch-outcome';
import { WriteBatcher, type WriteBatcherOptions } from '../../batch/write-batcher';
import type { Write, WriteResults } from '../../writes';
import type { Availability } from './availability';
import type { ServerDialect } from './dialect';
import type { SessionPool } from './session-pool';
import type { TypeormSession } from './typeorm-session';

/** Pauses before the tries to read back what became of a commit: the server may be about to restart. Milliseconds. */
const READ_BACK_PAUSES_MS = [0, 50, 100, 200, 400, 800, 1600];

const isUnknown = (outcome: BatchOutcome | undefined): boolean => outcome?.ok === false && outcome.isUnknown === true;

const isOutage = (error: unknown): boolean => error instanceof DtxError && error.code === ERROR_CODES.storeUnavailable;

/** One batcher with a session of its own, which it keeps from batch to batch and replaces when it breaks. */
export class WriteLane {
  private readonly batcher: WriteBatcher;
  private session: TypeormSession | undefined;

  constructor(
    private readonly pool: SessionPool,
    private readonly dialect: ServerDialect,
    private readonly availability: Availability,
    options: WriteBatcherOptions,
  ) {
    this.batcher = new WriteBatcher((writes) => this.execute(writes), options);
  }

  write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    return this.batcher.write(write);
  }

  /** Resolves when everything written so far has been answered and the session is given back. */
  async close(): Promise<void> {
    await this.batcher.flush();
    await this.drop(false);
  }

  private async execute(writes: readonly Write[]): Promise<readonly BatchOutcome[]> {
    const outcomes = await this.attempt(writes, false);
    const unknown = writes.filter((_write, index) => isUnknown(outcomes[index]));
    if (unknown.length === 0) return outcomes;
    const resolved = await this.readBack(unknown);
    return writes.map((write, index) => resolved.get(write) ?? outcomes[index]!);
  }

  /**
   * The connection was lost during a COMMIT: the writes are tried again on another one, where those that took effect are
   * recognised. As long as the server stays away nothing is known, and that is what the callers are told after a while.
   */
  private async readBack(writes: readonly Write[]): Promise<ReadonlyMap<Write, BatchOutcome>> {
    const outcomes = new Map<Write, BatchOutcome>();
    for (const pauseMs of READ_BACK_PAUSES_MS) {
      await setTimeout(pauseMs);
      const open = writes.filter((write) => !outcomes.get(write)?.ok);
      const results = await this.attempt(open, true);
      open.forEach((write, index) => outcomes.set(write, results[index]!));
      if (results.every((outcome) => outcome.ok || !isOutage(outcome.error))) break;
    }
    return outcomes;
  }

  /** One batch on the lane's session, which is thrown away if it breaks. */
  private async attempt(writes: readonly Write[], isRepeated: boolean): Promise<readonly BatchOutcome[]> {
    try {
      this.session ??= await this.pool.take();
    } catch (error) {
      const failed = this.availability.failed(error);
      return writes.map(() => ({ ok: false, error: failed }));
    }
    const run = { kindOf: (error: unknown) => this.dialect.kindOf(error), isRepeated };
    const outcomes = await runIsolated(this.dialect.statements(this.session), writes, run);
    const isBroken = (outcome: BatchOutcome) => !outcome.ok && run.kindOf(outcome.error) === 'outage';
    if (!outcomes.some(isBroken)) {
      this.availability.succeeded();
      return outcomes;
    }
    await this.drop(true);
    return outcomes.map((outcome) =>
      !outcome.ok && isBroken(outcome) ? { ...outcome, error: this.availability.failed(outcome.error) } : outcome,
    );
  }

  private async drop(broken: boolean): Promise<void> {
    const { session } = this;
    this.session = undefined;
    if (session) await this.pool.giveBack(session, { broken });
  }
}
