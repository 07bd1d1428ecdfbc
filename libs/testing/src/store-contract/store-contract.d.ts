import type { StoreHarness } from './store-harness';
/**
 * The behaviour that every {@link TransactionStore} adapter has to show on its real engine (design 4). Call it inside a
 * jest spec.
 *
 * @param name of the adapter, for the report
 */
export declare function storeContract(name: string, harness: StoreHarness): void;
