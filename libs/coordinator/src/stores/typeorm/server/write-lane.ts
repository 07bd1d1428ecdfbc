import { setTimeout } from 'node:timers/promises';
import { runIsolated, type BatchOutcome } from '../../batch/batch-outcome';
import type { Write } from '../../writes';
import type { Availability } from './availability';
import type { ServerDialect, ServerStatements } from './dialect';
import type { SessionPool } from './session-pool';
import type { TypeormSession } from './typeorm-session';

/** How long a commit of unknown outcome is looked for: the server may be about to restart. Milliseconds. */
const READ_BACK_MS = 2500;
const FIRST_PAUSE_MS = 20;

/** A session that batches are carried out on, one after the other. It is kept from batch to batch, and replaced when it breaks. */
export class WriteLane {
  private session: TypeormSession | undefined;
  /** Kept with the session: they know what its server takes. */
  private statements: ServerStatements | undefined;

  constructor(
    private readonly pool: SessionPool,
    private readonly dialect: ServerDialect,
    private readonly availability: Availability,
  ) {}

  /** Gives the session back. Only between two batches. */
  async close(): Promise<void> {
    await this.drop(false);
  }

  /** Carries out one batch, and says for each write what became of it. Never rejects. */
  async execute(writes: readonly Write[]): Promise<readonly BatchOutcome[]> {
    const isReused = this.session !== undefined;
    let outcomes = await this.attempt(writes, false);
    // A session that was idle may have ended long ago, which says nothing about the server.
    if (isReused) outcomes = await this.repeat(writes, outcomes, (outcome) => this.isRefused(outcome), false);
    if (outcomes.some(isUnknown)) outcomes = await this.readBack(writes, outcomes);
    return this.told(outcomes);
  }

  /**
   * The connection was lost during a COMMIT: the writes are tried again on another one, where those that took effect are
   * recognised. As long as the server stays away nothing is known, and that is what the callers are told after a while.
   */
  private async readBack(writes: readonly Write[], lost: readonly BatchOutcome[]): Promise<readonly BatchOutcome[]> {
    const deadline = performance.now() + READ_BACK_MS;
    let outcomes = lost;
    for (let pauseMs = FIRST_PAUSE_MS; outcomes.some(isUnknown) && performance.now() < deadline; pauseMs *= 2) {
      outcomes = await this.repeat(writes, outcomes, isUnknown, true);
      if (outcomes.some(isUnknown)) await setTimeout(pauseMs * (1 + Math.random()));
    }
    return outcomes;
  }

  /** Tries those writes again whose outcome is such a one. @returns the outcomes of all */
  private async repeat(
    writes: readonly Write[],
    outcomes: readonly BatchOutcome[],
    isChosen: (outcome: BatchOutcome) => boolean,
    isRepeated: boolean,
  ): Promise<readonly BatchOutcome[]> {
    const chosen = writes.filter((_write, index) => isChosen(outcomes[index]!));
    if (chosen.length === 0) return outcomes;
    const next = await this.attempt(chosen, isRepeated);
    const byWrite = new Map(chosen.map((write, index) => [write, next[index]!]));
    return writes.map((write, index) => byWrite.get(write) ?? outcomes[index]!);
  }

  /** One batch on the lane's session, which is thrown away if it breaks. */
  private async attempt(writes: readonly Write[], isRepeated: boolean): Promise<readonly BatchOutcome[]> {
    let outcomes: readonly BatchOutcome[];
    try {
      this.session ??= await this.pool.take();
      this.statements ??= this.dialect.statements(this.session);
      const kindOf = (error: unknown) => this.dialect.kindOf(error);
      outcomes = await runIsolated(this.statements, writes, { kindOf, isRepeated });
    } catch (error) {
      outcomes = writes.map(() => ({ ok: false, error }));
    }
    if (!outcomes.some((outcome) => this.isOutage(outcome))) return outcomes;
    await this.drop(true);
    // What was in doubt before it was tried again still is.
    return isRepeated ? outcomes.map((outcome) => (this.isOutage(outcome) ? inDoubt(outcome) : outcome)) : outcomes;
  }

  private isOutage(outcome: BatchOutcome): boolean {
    return !outcome.ok && this.dialect.kindOf(outcome.error) === 'outage';
  }

  private isRefused(outcome: BatchOutcome): boolean {
    return this.isOutage(outcome) && !isUnknown(outcome);
  }

  private told(outcomes: readonly BatchOutcome[]): readonly BatchOutcome[] {
    if (!outcomes.some((outcome) => this.isOutage(outcome))) this.availability.succeeded();
    return outcomes.map((outcome) =>
      outcome.ok
        ? outcome
        : { ...outcome, error: this.availability.told(outcome.error, this.dialect.kindOf(outcome.error)) },
    );
  }

  private async drop(broken: boolean): Promise<void> {
    const { session } = this;
    this.session = undefined;
    this.statements = undefined;
    if (session) await this.pool.giveBack(session, { broken });
  }
}

const isUnknown = (outcome: BatchOutcome): boolean => !outcome.ok && outcome.isUnknown === true;

const inDoubt = (outcome: BatchOutcome): BatchOutcome => (outcome.ok ? outcome : { ...outcome, isUnknown: true });
