import {
  modeOf,
  openState,
  owingCompletion,
  tellingCompletion,
  baseIntervalMs,
  refuseUnknown,
  type Mode,
  type TransactionSnapshot,
  type WaitResult,
} from '@nestjs-dtx/engine';
import { DtxError, ERROR_CODES, isFinalStatus, isTransType, newGid } from '@nestjs-dtx/protocol';
import { Logger } from '@nestjs/common';
import type { PassResult } from '../metrics/transaction-metrics';
import type { LeasedTransaction } from '../stores/records';
import { snapshotOf } from '../stores/snapshot';
import type { LeaseRequest } from '../stores/writes';
import type { Admission } from './admission';
import { ChurningMap } from './churning-map';
import { Lease } from './lease';
import type { LeaseKeeper } from './lease-keeper';
import type { RunEnvironment } from './run-environment';
import { TransactionRun, type RunEnd } from './transaction-run';
import { unrunnableMode } from './unrunnable-mode';

/** How a transaction stood when its run ended, put into the words of its mode. */
export type WaitAnswer = (asked: 'submit' | 'abort') => WaitResult;

interface Active {
  readonly run: TransactionRun;
  readonly lease: Lease;
  readonly end: Promise<WaitAnswer>;
}

/** All runs of this process: starts them, keeps their leases, tells when the next visit is due, drains them at shutdown. */
export class TransactionRunner {
  private readonly logger = new Logger(TransactionRunner.name);
  private readonly instance = newGid();
  private readonly active = new ChurningMap<Active>();
  private leaseCount = 0;
  private draining = false;
  private storeFailing = false;
  private onParked: (dueInMs: number) => void = () => {};

  constructor(
    private readonly environment: RunEnvironment,
    private readonly admission: Admission,
    private readonly keeper: LeaseKeeper,
  ) {}

  /** Transactions running now. */
  get size(): number {
    return this.active.size;
  }

  /** Calls back whenever a run leaves a transaction that is due again after that many milliseconds. */
  notifyParked(listener: (dueInMs: number) => void): void {
    this.onParked = listener;
  }

  /** A lease for the next write; its owner is unique, so that it can be recognised when read back. */
  newLease(): LeaseRequest {
    this.leaseCount += 1;
    return {
      owner: `${this.instance}/${this.leaseCount}`,
      durationMs: this.environment.settings.leaseSeconds * 1000,
    };
  }

  /**
   * Runs a leased transaction. The caller has entered admission; the run leaves it.
   *
   * @param sentAtMs monotonic time before the lease was asked for
   * @returns what a waiting client is told at the end of the pass; rejects when the store fails
   */
  start(leased: LeasedTransaction, sentAtMs: number): Promise<WaitAnswer> {
    const { clock, settings } = this.environment;
    const { snapshot, epoch, now } = leased;
    const mode = modeFor(leased);
    const lease = new Lease(snapshot.gid, epoch, settings.leaseSeconds * 1000, sentAtMs);
    const state = openState(prepared(snapshot, settings), settings);
    const clockOffsetMs = now - clock.monotonicMs();
    const run = new TransactionRun(this.environment, mode, lease, { state, clockOffsetMs });
    if (this.draining) run.stop();
    this.supersede(snapshot.gid);
    this.keeper.hold(lease);
    const end = this.follow(run, lease).then((last) => this.answer(mode, last));
    // Whoever waits for the end sees a failure; follow() has logged it for everybody else.
    end.catch(() => {});
    this.active.set(snapshot.gid, { run, lease, end });
    return end;
  }

  /** @returns the end of the run of this gid, if it runs here. */
  running(gid: string): Promise<WaitAnswer> | undefined {
    return this.active.get(gid)?.end;
  }

  /** What a client is told of a transaction that somebody else drives: how it stands in the store. */
  async storedAnswer(gid: string): Promise<WaitAnswer> {
    const { store, settings } = this.environment;
    const found = await store.find(gid);
    if (!found) return () => ({ result: 'error', message: refuseUnknown(gid).message });
    const state = openState(snapshotOf(found), settings);
    return (asked) => modeOf(state.transType).answer(state, asked);
  }

  /**
   * Lets every run finish the calls it has in flight and give its transaction back, those included that are still being
   * accepted. Admission is closed before.
   *
   * @returns how many were left behind
   */
  async drain(timeoutMs: number): Promise<number> {
    this.draining = true;
    for (const { run } of this.active.values()) run.stop();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([late, this.admission.empty()]);
    clearTimeout(timer);
    const left = this.active.values();
    for (const { run } of left) run.abandon();
    return left.length;
  }

  /** A newer lease has ended the older one, whose run may not have noticed yet. */
  private supersede(gid: string): void {
    const older = this.active.get(gid);
    if (!older) return;
    older.lease.revoke();
    this.keeper.letGo(older.lease);
  }

  /** A run that lost its lease does not know how its transaction stands: what it decided last may have become nothing. */
  private answer(mode: Mode, { state, stale }: RunEnd): WaitAnswer | Promise<WaitAnswer> {
    return stale ? this.storedAnswer(state.gid) : (asked) => mode.answer(state, asked);
  }

  private async follow(run: TransactionRun, lease: Lease): Promise<RunEnd> {
    try {
      const end = await run.drive();
      // A run that lost its lease ends without a word from the store.
      if (!end.stale) {
        this.storeFailing = false;
        this.environment.metrics.transactions.passed(passOf(end));
      }
      // Whoever interrupted the run may have left the transaction due, as a registration does: a client that keeps registering
      // would hold off its timeout for long if the next try waited for the scan by the clock.
      if (end.stale) this.onParked(0);
      if (end.dueInMs !== null) this.onParked(end.dueInMs);
      return end;
    } catch (error) {
      // The store holds what was recorded; the lease runs out and any coordinator goes on from there.
      this.tellFailure(lease.gid, error);
      throw error;
    } finally {
      this.keeper.letGo(lease);
      const active = this.active.get(lease.gid);
      if (active?.lease === lease) this.active.remove(lease.gid, active);
      this.admission.leave();
    }
  }

  /** An outage of the store fails every run there is: the first one is told, thousands would bury everything else. */
  private tellFailure(gid: string, error: unknown): void {
    const line = `gid=${gid} is left to its next visit: ${String(error)}`;
    const isOutage = error instanceof DtxError && error.code === ERROR_CODES.storeUnavailable;
    if (isOutage && this.storeFailing) this.logger.debug(line);
    else this.logger.error(line);
    this.storeFailing ||= isOutage;
  }
}

/** A pass is well when nothing is left of it that has failed. */
function passOf({ state: { transType, attempts }, finishedAfterMs }: RunEnd): PassResult {
  return { transType, isOk: attempts === 0 || finishedAfterMs !== null, finishedAfterMs };
}

/** Transactions that are damaged, or that only another version can run, are left to a person. */
function modeFor({ snapshot, damage, ending }: LeasedTransaction): Mode {
  const { transType, options } = snapshot;
  // A row may name a type that only another version knows.
  const mode = isTransType(transType)
    ? modeOf(transType)
    : unrunnableMode(transType, `this version has no mode ${String(transType)}`);
  if (ending) return tellingCompletion(mode, ending);
  if (damage !== undefined) return unrunnableMode(transType, damage);
  return options.onComplete === undefined ? mode : owingCompletion(mode);
}

/**
 * Rows written by dtm may have no interval. The first call after the end starts with a fresh one, whatever the branches have
 * come to, and is plain HTTP.
 */
function prepared(snapshot: TransactionSnapshot, settings: RunEnvironment['settings']): TransactionSnapshot {
  const hasEnded = isFinalStatus(snapshot.status);
  if (snapshot.intervalMs > 0 && !hasEnded) return snapshot;
  const base = baseIntervalMs(snapshot.options, settings);
  const intervalMs = snapshot.intervalMs > 0 && snapshot.attempts > 0 ? snapshot.intervalMs : base;
  return hasEnded ? { ...snapshot, intervalMs, protocol: 'http' } : { ...snapshot, intervalMs };
}
