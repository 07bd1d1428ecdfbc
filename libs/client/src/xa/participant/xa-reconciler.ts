import { DtxError, ERROR_CODES, isGlobalStatus, type GlobalStatus } from '@nestjs-dtx/protocol';
import type { CoordinatorApi } from '../../transactions/coordinator-api';
import { branchOfXid } from '../xid';
import { XA_ENGINES } from './engines';
import { inDoubtSearch, type InDoubtSearch } from './in-doubt-search';
import { LocalBranch } from './local-branch';
import { commitBranch, rollbackBranch } from './phase-two';
import { verdictOn, type Verdict } from './verdict';
import type { InDoubtBranch } from './xa-engine';
import { withControl, type XaDatabase } from './xa-session';

/** @see XaReconciler */
export interface XaReconcilerOptions {
  /**
   * Seconds for which a branch is left to the coordinator.
   * @default 60
   */
  readonly olderThanSeconds?: number;
  /**
   * Seconds after which a branch is rolled back that the coordinator knows nothing of.
   * @default 3600
   */
  readonly unknownAfterSeconds?: number;
}

/** What one run came to, by xid. */
export interface XaReconcilerReport {
  readonly committed: readonly string[];
  readonly rolledBack: readonly string[];
  /** Too young, or not decided yet. */
  readonly left: readonly string[];
  /** Nothing could be found out, or done, about these; the next run tries again. */
  readonly failed: readonly { readonly xid: string; readonly error: unknown }[];
}

/** Where a reconciler looks. */
interface Where {
  readonly database: XaDatabase;
  readonly table?: string;
}

const DEFAULT_OLDER_THAN = 60;
const DEFAULT_UNKNOWN_AFTER = 3600;

/**
 * Ends prepared branches that were left behind: by a participant whose answer was lost, by a transaction that was stopped by
 * force, by an SDK that has reported a success too early. A prepared branch holds its locks through every restart, so
 * somebody has to look. Only branches that have written to this service's barrier table are touched. Several instances may
 * run this at once.
 */
export class XaReconciler {
  private readonly olderThanSeconds: number;
  private readonly unknownAfterSeconds: number;
  private readonly search: InDoubtSearch;

  /** @throws DtxError `DTX_INVALID_CONFIG` naming the wrong option; BarrierTableError */
  constructor(
    private readonly api: CoordinatorApi,
    private readonly where: Where,
    options: XaReconcilerOptions,
  ) {
    this.olderThanSeconds = seconds('olderThanSeconds', options.olderThanSeconds ?? DEFAULT_OLDER_THAN);
    this.unknownAfterSeconds = seconds('unknownAfterSeconds', options.unknownAfterSeconds ?? DEFAULT_UNKNOWN_AFTER);
    this.search = inDoubtSearch(where.database.dialect, where.table);
  }

  /**
   * Looks once at every branch in doubt.
   *
   * @param signal ends it after the branch that is being looked at
   * @throws errors of the database when the branches cannot be listed
   */
  async runOnce(signal?: AbortSignal): Promise<XaReconcilerReport> {
    const report = { committed: [] as string[], rolledBack: [] as string[], left: [] as string[] };
    const failed: { xid: string; error: unknown }[] = [];
    const lists = { commit: report.committed, rollback: report.rolledBack, leave: report.left };
    for (const branch of await this.inDoubt()) {
      if (signal?.aborted) break;
      try {
        lists[await this.end(branch)].push(branch.xid);
      } catch (error) {
        failed.push({ xid: branch.xid, error });
      }
    }
    return { ...report, failed };
  }

  private async inDoubt(): Promise<readonly InDoubtBranch[]> {
    const { database } = this.where;
    const all = await withControl(database, (session) => XA_ENGINES[database.dialect].inDoubt(session, this.search));
    return all.filter(({ xid }) => branchOfXid(xid) !== undefined);
  }

  private async end({ xid, ageSeconds }: InDoubtBranch): Promise<Verdict> {
    const { olderThanSeconds, unknownAfterSeconds } = this;
    if (ageSeconds < olderThanSeconds) return 'leave';
    const { gid, branchId } = branchOfXid(xid)!;
    const transaction = (await this.api.query(gid)).transaction;
    const age = { ageSeconds, olderThanSeconds, unknownAfterSeconds };
    const verdict = verdictOn(transaction ? statusOf(transaction.status) : undefined, age);
    if (verdict === 'leave') return verdict;
    const info = { transType: transaction?.trans_type ?? 'xa', gid, branchId, op: verdict };
    const branch = new LocalBranch(info, this.where.database, this.where.table);
    await (verdict === 'commit' ? commitBranch : rollbackBranch)(branch, this.where.database);
    return verdict;
  }
}

function statusOf(text: string): GlobalStatus {
  if (isGlobalStatus(text)) return text;
  throw new DtxError(ERROR_CODES.coordinatorRefused, 'the coordinator has answered with an unknown status');
}

function seconds(option: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new DtxError(ERROR_CODES.invalidConfig, `${option} must be seconds from 0, not ${String(value)}`);
}
