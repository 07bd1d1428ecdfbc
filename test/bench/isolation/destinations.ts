/** Destinations that answer. One more is dead, or is not there at all. */
export const LIVING = 9;

/** Base URLs of the services that due transactions call. */
export interface DestinationAddresses {
  readonly living: readonly string[];
  /** Takes connections and never answers. */
  readonly silent: string;
}

/** How far the living destinations have come, all together. */
export interface DestinationProgress {
  readonly calls: number;
  /** From the first of their calls to the last one so far. Milliseconds. */
  readonly elapsedMs: number;
}
