/** Payload of a step, with how it is to end. */
export interface Order {
  readonly amount: number;
  /**
   * `fail` refuses, `ongoing` succeeds at the third call, `slow` holds the first call until the second has come, or long enough, `die` ends
   * the process once, between the work and the reply.
   */
  readonly end?: 'fail' | 'ongoing' | 'slow' | 'die';
}
