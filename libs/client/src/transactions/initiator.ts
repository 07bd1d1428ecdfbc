import type { BranchCaller } from '../branch/branch-caller';
import type { CoordinatorApi } from './coordinator-api';

/** What an initiator talks with. */
export interface Initiator {
  readonly api: CoordinatorApi;
  readonly branches: BranchCaller;
}
