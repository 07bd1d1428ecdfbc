import { payload } from '../fixture/transfer';
import { callBranch } from './branch-request';
import { TwoPhaseCase } from './two-phase-case';

/** One XA transaction under test. The services register themselves. */
export class XaCase extends TwoPhaseCase {
  protected readonly transType = 'xa';

  /** Calls the action of a branch, whose phase 2 is at the same URL. @throws BranchError */
  call(id: string, name: string): Promise<void> {
    const url = this.url(name);
    const info = { dtm: this.dtm, gid: this.gid, branch_id: id, trans_type: 'xa', op: 'action', phase2_url: url };
    return callBranch({ url, info, body: payload() });
  }

  /** Existing SDKs tell no reason. */
  protected reasonOf(): undefined {
    return undefined;
  }
}
