import type { StoreContext } from './context';
/** Reads, listings, the kv table, and what survives a restart. */
export declare function queryCases(context: StoreContext): void;
