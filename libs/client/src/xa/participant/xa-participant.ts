import { DtxError, ERROR_CODES, InvalidRequestError, OPS } from '@nestjs-dtx/protocol';
import type { BarrierResult } from '../../barrier/barrier';
import type { BarrierInfo } from '../../barrier/barrier-info';
import type { BranchInfo } from '../../branch/branch-info';
import { BarrierInfoError } from '../../errors/barrier-info.error';
import { BranchFailureError } from '../../errors/branch-failure.error';
import { CoordinatorRefusedError } from '../../errors/coordinator-refused.error';
import type { CoordinatorApi } from '../../transactions/coordinator-api';
import { registerBranch, type BranchRegistrationRequest } from '../../transactions/register-branch';
import { XA_ENGINES } from './engines';
import { LocalBranch } from './local-branch';
import { lockWaitError } from './lock-wait';
import { runPhaseOne, type PhaseOneWork } from './phase-one';
import { commitBranch, rollbackBranch } from './phase-two';
import { withControl, type XaDatabase, type XaSession } from './xa-session';
import { XaGate } from './xa-gate';
import { checkXaLimits, lockWaitOf, type XaLimits } from './xa-limits';
import { XaReconciler, type XaReconcilerOptions } from './xa-reconciler';

/** @see XaParticipant */
export interface XaParticipantOptions<Session extends XaSession> extends XaLimits {
  readonly database: XaDatabase<Session>;
  /**
   * Barrier table in that database, `table` or `schema.table`.
   * @default 'dtx_barrier'
   */
  readonly table?: string;
}

/** With which the coordinator refuses a branch of a transaction that is not prepared any more (spec 2.8). */
const HTTP_CONFLICT = 409;

/** What a request came to; each of them is answered as a success. */
export type XaHandled<T> = ({ readonly phase: 1 } & BarrierResult<T>) | { readonly phase: 2 };

/**
 * The participant's side of xa transactions on one database (spec 5.3, 8.5): all requests of a branch come to one URL, and
 * {@link handle} does what each asks for. What it throws is to be answered as every error of a branch: code `DTX_FAILURE`
 * with 409, `DTX_ONGOING` with 425, all else with 500.
 */
export class XaParticipant<Session extends XaSession = XaSession> {
  private readonly database: XaDatabase<Session>;
  private readonly table: string | undefined;
  private readonly limits: Required<XaLimits>;
  private readonly gate: XaGate;

  /** @throws DtxError `DTX_INVALID_CONFIG` naming the wrong option */
  constructor(
    private readonly api: CoordinatorApi,
    options: XaParticipantOptions<Session>,
  ) {
    this.database = options.database;
    this.table = options.table;
    this.limits = checkXaLimits(options);
    const { atOnce, lockWaitSeconds } = this.limits;
    this.gate = new XaGate({ atOnce, patienceMs: lockWaitSeconds * 1000 });
  }

  /**
   * Carries a request out: op `action` runs the business and prepares it, `commit` and `rollback` end it. The latter come with
   * an empty body, so do not look at the body before.
   *
   * @param info the request, as `branchInfoFrom` reads it
   * @param business works through the session only, and neither commits nor rolls back
   * @throws BranchFailureError the branch was rolled back before its work came, or its transaction is rolled back
   * @throws BranchOngoingError an earlier request, or the work itself, is not over yet; or too much is going on here, or rows
   * are locked for too long. Nothing was done: ask again, or give the transaction up
   * @throws XaBranchError the branch is not as the decision needs it: a person has to look
   * @throws BarrierInfoError, InvalidRequestError the request is none of xa, or its gid is too long for an xid
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError; errors of the database
   * @throws what the business throws: it is undone
   */
  async handle<T>(info: BranchInfo, business: (session: Session) => Promise<T>): Promise<XaHandled<T>> {
    switch (info.op) {
      case OPS.action: {
        const { phase2Url: url } = info;
        if (url === undefined)
          throw new InvalidRequestError('phase2_url', 'is missing: only xa initiators may call this');
        const { gid, branchId: branch_id } = info;
        const register = () => this.register({ gid, trans_type: 'xa', branch_id, url });
        return { phase: 1, ...(await this.work(info, { business, register })) };
      }
      case OPS.commit:
        await this.commit(info);
        return { phase: 2 };
      case OPS.rollback:
        await this.rollback(info);
        return { phase: 2 };
      default:
        throw new BarrierInfoError('op', 'of an xa branch must be action, commit or rollback');
    }
  }

  /**
   * Phase 1 with a registration of the caller's own.
   *
   * @returns `ran: false` for a repeat of a request that is prepared or committed already
   * @throws as {@link handle}
   */
  async work<T>(info: BranchInfo, work: PhaseOneWork<Session, T>): Promise<BarrierResult<T>> {
    const { database } = this;
    const lockWaitSeconds = lockWaitOf(info.branchId, this.limits);
    const branch = this.branch(info);
    const hasPrepared = (): Promise<boolean> =>
      withControl(database, (session) => branch.engine.hasPrepared(session, info.gid));
    try {
      return await this.gate.pass(() => runPhaseOne(branch, { database, lockWaitSeconds }, work), hasPrepared);
    } catch (error) {
      if (!branch.engine.isLockTimeout(error)) throw error;
      const isOwn = await withControl(database, (session) => branch.hasSibling(session));
      throw lockWaitError(branch.xid, { error, lockWaitSeconds, isOwn });
    }
  }

  /**
   * @returns the name under which the database knows a branch
   * @throws InvalidRequestError, BarrierInfoError when it can have none
   */
  xidOf(info: BarrierInfo): string {
    return this.branch(info).xid;
  }

  /** Commits a prepared branch; may be repeated. @throws as {@link handle} */
  async commit(info: Omit<BranchInfo, 'op'>): Promise<void> {
    await commitBranch(this.branch({ ...info, op: OPS.commit }), this.database);
  }

  /** Rolls a branch back, prepared or not; may be repeated, and come before the work. @throws as {@link handle} */
  async rollback(info: Omit<BranchInfo, 'op'>): Promise<void> {
    await rollbackBranch(this.branch({ ...info, op: OPS.rollback }), this.database);
  }

  /**
   * Looks whether the database can take part; to be called at the start of a service.
   *
   * @throws DtxError `DTX_INVALID_CONFIG` with the fix
   */
  async check(): Promise<void> {
    const problem = await withControl(this.database, (session) => XA_ENGINES[this.database.dialect].problem(session));
    if (problem !== undefined) throw new DtxError(ERROR_CODES.invalidConfig, `the database ${problem}`);
  }

  /** What ends branches that were left behind. @throws DtxError `DTX_INVALID_CONFIG` naming the wrong option */
  reconciler(options: XaReconcilerOptions = {}): XaReconciler {
    const { database, table } = this;
    return new XaReconciler(this.api, { database, ...(table !== undefined && { table }) }, options);
  }

  /** @throws BranchFailureError when the transaction has been decided without this branch: it can never be done then */
  private async register(branch: BranchRegistrationRequest): Promise<void> {
    try {
      await registerBranch(this.api, branch);
    } catch (error) {
      if (!(error instanceof CoordinatorRefusedError) || error.status !== HTTP_CONFLICT) throw error;
      throw new BranchFailureError(`the transaction was decided without this branch: ${error.message}`, {
        cause: error,
      });
    }
  }

  private branch(info: BranchInfo): LocalBranch {
    return new LocalBranch(info, this.database, this.table);
  }
}
