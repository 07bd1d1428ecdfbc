import type { StoreContext } from './context';
/** Claims, renewals and what becomes due when. */
export declare function leaseCases(context: StoreContext): void;
