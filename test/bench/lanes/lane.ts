import type { TransType } from '@nestjs-dtx/protocol';
import type { Cleanup } from '../../support/cleanup';
import type { ServerProcess } from '../../support/server-process';
import type { BenchEngine } from '../store/bench-engine';

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
  readonly engine: BenchEngine;
  /** The process that makes the load over HTTP. */
  readonly load: ServerProcess;
  /** Branches of a saga. */
  readonly steps: number;
  /** Finished transactions in the tables of the lane that asks for them. */
  readonly history: number;
  /** Lanes that have been started before, by name. */
  readonly running: ReadonlyMap<string, RunningLane>;
}

/** A lane that can be measured. */
export interface RunningLane {
  /** The process that is measured: a coordinator or what stands for it. */
  readonly subject: ServerProcess;
  /** The process that is told to run sagas on it. */
  readonly driver: ServerProcess;
  /** What it is given to carry out; absent: sagas. */
  readonly transType?: TransType;
  /** Whether its sagas call branches; if so, exactly one a step. */
  readonly callsBranches: boolean;
  /** The service behind its branches, if that is not the one of all others. */
  readonly branches?: ServerProcess;
  /** Base of the branch URLs, if it is not the address of that service. */
  readonly branchBase?: string;
  /** Whether coordinator and branches are called over gRPC. */
  readonly isGrpc?: true;
  /** Process id of its database server, which may have children; absent where the database is in the process itself. */
  readonly database?: number | undefined;
  /** Absent: as fast as it goes. */
  readonly pace?: RelativePace;
}

/** A steady pace, told as a share of what another lane reaches in the same run. */
export interface RelativePace {
  readonly of: string;
  readonly share: number;
}
