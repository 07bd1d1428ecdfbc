import { payload } from '../fixture/transfer';
import type { Reply } from '../http';
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

  /** Registers a branch as its service does. */
  registerBranch(id: string, name: string): Promise<Reply> {
    const row = { gid: this.gid, trans_type: 'xa', branch_id: id, url: this.url(name) };
    return this.channel('registerBranch', row);
  }

  /** Existing SDKs tell no reason. */
  protected reasonOf(): undefined {
    return undefined;
  }
}
