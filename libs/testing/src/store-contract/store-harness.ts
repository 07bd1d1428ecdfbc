import type { TransactionStore } from '@nestjs-dtx/coordinator';

/** What the contract suite needs of an adapter under test. */
export interface StoreHarness {
  /** Whether several processes may use one store at a time. Absent: it belongs to one. */
  readonly isShared?: boolean;
  /** An open store without rows of other tests. */
  open(): Promise<TransactionStore>;
  /** Closes what {@link open} gave and removes its data. */
  dispose(store: TransactionStore): Promise<void>;
  /** For stores that survive their process: closes and opens the same data again. */
  reopen?(store: TransactionStore): Promise<TransactionStore>;
}
