import type { BranchScope } from '../two-phase/branch-scope';
import { TwoPhaseBuilder } from '../two-phase/two-phase-builder';
import type { TwoPhaseRequest } from '../two-phase/two-phase-request';
import { Tcc } from './tcc';

/**
 * Builds one tcc transaction (spec 5.2): {@link run} reserves by the tries of its branches, then everything is confirmed, in
 * reverse order unless {@link concurrent} is set, or everything is cancelled.
 */
export class TccBuilder extends TwoPhaseBuilder<Tcc> {
  private isConcurrent = false;

  /** Calls all confirms, or all cancels, at once. */
  concurrent(concurrent = true): this {
    this.refuseIfFixed();
    this.isConcurrent = concurrent;
    return this;
  }

  override toRequest(): TwoPhaseRequest {
    return { ...super.toRequest(), ...(this.isConcurrent && { concurrent: true }) };
  }

  protected override get type() {
    return 'tcc' as const;
  }

  protected override context(scope: BranchScope, request: TwoPhaseRequest): Tcc {
    return new Tcc(this.initiator, scope, request);
  }
}
