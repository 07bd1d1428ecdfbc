import type { TransType } from '@nestjs-dtx/protocol';

/** What to do in one measurement. Sent to the process that drives the lane. */
export interface RunOrder {
  /** Base URL of what is measured; over gRPC `host:port`, as that of the branches. */
  readonly target: string;
  /** Base of the branch URLs. */
  readonly branches: string;
  /** What all transactions of the load are. */
  readonly transType: TransType;
  /** Sagas under way at any time. At a steady pace: at most. */
  readonly inflight: number;
  readonly steps: number;
  readonly seconds: number;
  /** A steady pace by second, whatever becomes of the sagas before; absent: each client goes on when its last one is finished. */
  readonly perSecond?: number;
}

/** What came of it. */
export interface Tally {
  /** Sagas finished before the time was over, by second. */
  readonly sagasPerSecond: number;
  /** All that were finished, those included that were under way when the time was over. */
  readonly finished: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Text → how often. */
  readonly problems: Readonly<Record<string, number>>;
}
