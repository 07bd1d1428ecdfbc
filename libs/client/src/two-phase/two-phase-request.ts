import type { RequestOptions } from '../transactions/request-options';

/** Body of prepare and submit of a tcc or xa transaction (spec 2.2). Durations are seconds. */
export interface TwoPhaseRequest extends RequestOptions {
  readonly gid: string;
  readonly trans_type: 'tcc' | 'xa';
  /** All calls of phase 2 at once; only tcc. */
  readonly concurrent?: true;
}
