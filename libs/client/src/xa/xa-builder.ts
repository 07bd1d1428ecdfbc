import type { Initiator } from '../transactions/initiator';
import type { BranchScope } from '../two-phase/branch-scope';
import { TwoPhaseBuilder } from '../two-phase/two-phase-builder';
import type { TwoPhaseRequest } from '../two-phase/two-phase-request';
import { Xa } from './xa';
import { checkXaGid } from './xid';

/**
 * Builds one xa transaction (spec 5.3): in {@link run} the databases of the participants prepare their changes, then all are
 * committed, or all are rolled back. The rows stay locked from the work to the commit: keep it short.
 */
export class XaBuilder extends TwoPhaseBuilder<Xa> {
  /** @throws InvalidRequestError for a gid that cannot stand in an xid */
  constructor(gid: string, initiator: Initiator) {
    super(checkXaGid(gid), initiator);
  }

  protected override get type() {
    return 'xa' as const;
  }

  protected override context(scope: BranchScope, request: TwoPhaseRequest): Xa {
    return new Xa(this.initiator, scope, request);
  }
}
