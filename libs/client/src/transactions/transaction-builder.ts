import { OptionsBuilder } from './options-builder';

/** Adds the options of transactions whose end is the coordinator's work: of all but workflows. */
export abstract class TransactionBuilder extends OptionsBuilder {
  /** Waits for the end of the transaction: the call that ends it resolves only on success. */
  waitResult(wait = true): this {
    return this.set({ wait_result: wait });
  }

  /**
   * Rolls the transaction back when it has not come to its end after so many seconds. A saga without it never times out; tcc
   * and xa count until their submit, a message until its local transaction is asked about (35 seconds without it; spec 6.4).
   */
  timeoutToFail(seconds: number): this {
    return this.set({ timeout_to_fail: seconds });
  }
}
