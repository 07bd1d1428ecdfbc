import type { PayloadBody } from '../transactions/payload';
import type { RequestOptions } from '../transactions/request-options';

/** Body of prepare and submit of a message (spec 2.2). Durations are seconds. */
export interface MsgRequest extends RequestOptions {
  readonly gid: string;
  readonly trans_type: 'msg';
  readonly steps: readonly { readonly action: string }[];
  /** JSON text or bytes, one per step; empty for a call without a body. */
  readonly payloads: readonly PayloadBody[];
  /** Where the coordinator asks whether the local transaction was committed. */
  readonly query_prepared?: string;
  /** JSON text: `{"delay":<seconds>}`; absent without a delay. */
  readonly custom_data?: string;
  /** All receivers at once. */
  readonly concurrent?: true;
}
