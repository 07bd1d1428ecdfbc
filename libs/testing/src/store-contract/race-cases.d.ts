import type { StoreContext } from './context';
/**
 * Two parties at one row at the same time. Whoever is first wins; what counts is that both learn the truth and that the rows
 * agree with it.
 */
export declare function raceCases(context: StoreContext): void;
