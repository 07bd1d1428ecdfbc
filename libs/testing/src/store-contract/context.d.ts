import type { TransactionStore, TransactionWithBranches } from '@nestjs-dtx/coordinator';
import type { StoreHarness } from './store-harness';
/** The store of the running test. */
export interface StoreContext {
    readonly store: TransactionStore;
    readonly harness: StoreHarness;
    /** Takes the place of the store, after a reopen. */
    replace(store: TransactionStore): void;
    /** @throws Error when there is no such transaction */
    read(gid: string): Promise<TransactionWithBranches>;
}
/** Opens a fresh store before each test and disposes of it afterwards. */
export declare function useStore(harness: StoreHarness): StoreContext;
