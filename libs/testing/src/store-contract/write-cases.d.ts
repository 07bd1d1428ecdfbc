import type { StoreContext } from './context';
/** Each write on its own: effect, condition, result. */
export declare function writeCases(context: StoreContext): void;
