import { checkRequest } from '../transactions/check-request';
import type { Initiator } from '../transactions/initiator';
import { TransactionBuilder } from '../transactions/transaction-builder';
import { BranchScope } from './branch-scope';
import { runTwoPhase } from './run-two-phase';
import type { TwoPhaseRequest } from './two-phase-request';

/**
 * Builds and runs a transaction of two phases. `Context` is what the work starts its branches with.
 */
export abstract class TwoPhaseBuilder<Context> extends TransactionBuilder {
  private started = false;

  /** @throws InvalidRequestError for a gid that cannot be stored */
  constructor(
    gid: string,
    protected readonly initiator: Initiator,
  ) {
    super(gid);
  }

  /**
   * @returns the request as it would be sent now
   * @throws InvalidRequestError naming the first wrong field
   */
  toRequest(): TwoPhaseRequest {
    return checkRequest({ gid: this.gid, trans_type: this.type, ...this.options });
  }

  /**
   * Runs phase 1 and hands the decision to the coordinator, which carries out phase 2. When the work throws, or a branch has
   * failed (even if the work has caught that), everything is rolled back. It may be run again with the same gid as long as
   * the coordinator has no decision: branches started in the same order are the same ones.
   *
   * @param work starts the branches and awaits them
   * @returns what the work returns, once the transaction is submitted; with {@link waitResult}, once phase 2 is over
   * @throws what the work throws: the transaction is or will be rolled back
   * @throws InvalidRequestError before anything is sent
   * @throws TransactionFailedError it was rolled back meanwhile, mostly because phase 1 took longer than {@link timeoutToFail}
   * @throws NotFinishedError with {@link waitResult}: phase 2 goes on
   * @throws CoordinatorRefusedError the gid is taken by a transaction that was submitted before
   * @throws CoordinatorUnreachableError outcome `not-submitted`: nothing takes effect; `unknown`: query it
   */
  async run<T>(work: (context: Context) => Promise<T>): Promise<T> {
    const request = this.toRequest();
    this.started = true;
    const scope = new BranchScope(this.gid);
    // A work that throws at once must be rolled back as well.
    return runTwoPhase(this.initiator.api, request, scope, async () => work(this.context(scope, request)));
  }

  protected override get isFixed(): boolean {
    return this.started;
  }

  protected abstract override get type(): 'tcc' | 'xa';

  protected abstract context(scope: BranchScope, request: TwoPhaseRequest): Context;
}
