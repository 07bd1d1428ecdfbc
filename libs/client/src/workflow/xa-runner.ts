import type { BarrierResult } from '../barrier/barrier';
import type { BarrierInfo } from '../barrier/barrier-info';
import type { PhaseOneWork } from '../xa/participant/phase-one';

/**
 * Carries out xa branches on one database of this process: an `XaParticipant`, in Nest `XaBranches.runner()`.
 *
 * @typeParam Handle what the business writes through: the branch's session or entity manager
 */
export interface XaRunner<Handle> {
  /** @throws InvalidRequestError, BarrierInfoError when the branch can have no xid in this database */
  xidOf(branch: BarrierInfo): string;
  /** Phase 1. @returns `ran: false` for a branch that is prepared or committed already */
  work<T>(branch: BarrierInfo, work: PhaseOneWork<Handle, T>): Promise<BarrierResult<T>>;
  /** Commits what is prepared; may be repeated. */
  commit(branch: BarrierInfo): Promise<void>;
  /** Rolls back, prepared or not, and lets no work come afterwards; may be repeated. */
  rollback(branch: BarrierInfo): Promise<void>;
}
