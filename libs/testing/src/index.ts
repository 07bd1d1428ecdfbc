export { ManualClock } from './manual-clock';
export { storeContract } from './store-contract/store-contract';
export type { StoreHarness } from './store-contract/store-harness';
export { until, type UntilOptions } from './until';
