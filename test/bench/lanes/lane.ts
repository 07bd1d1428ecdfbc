import type { Cleanup } from '../../support/cleanup';
import type { ServerProcess } from '../../support/server-process';
import type { StoreEngine } from '../../support/store-engine';

/** One way of doing the same sagas. A further one is a file here and an entry in the list. */
export interface Lane {
  readonly name: string;
  /** One line for whoever reads the table. */
  readonly what: string;
  /** Starts its processes; they end with the clean-up. */
  start(surroundings: LaneSurroundings): Promise<RunningLane>;
}

/** What all lanes share. */
export interface LaneSurroundings {
  readonly cleanup: Cleanup;
  readonly engine: StoreEngine;
  /** The process that makes the load over HTTP. */
  readonly load: ServerProcess;
}

/** A lane that can be measured. */
export interface RunningLane {
  /** The process that is measured: a coordinator or what stands for it. */
  readonly subject: ServerProcess;
  /** The process that is told to run sagas on it. */
  readonly driver: ServerProcess;
  /** Whether its sagas call branches; if so, exactly one a step. */
  readonly callsBranches: boolean;
}
