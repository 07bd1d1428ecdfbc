import type { Clock } from './clock/clock';
import type { CoordinatorSettings } from './coordinator.settings';
import type { TransactionStore } from './stores/transaction-store';
import type { ServerStoreOptions } from './stores/typeorm/server/server-store.options';
import type { FaultPoints } from './transactions/fault-points';

/** Where transactions are kept. */
export type StoreOptions =
  /** One SQLite file in a folder that belongs to this coordinator alone. */
  | { readonly driver: 'sqlite'; readonly directory: string; readonly autoMigrate?: boolean }
  /** A database server, shared by any number of coordinators. */
  | ServerStoreOptions
  /** Forgets everything at exit: for tests. */
  | { readonly driver: 'memory' }
  /** An adapter of your own, not opened yet. */
  | { readonly driver: 'custom'; readonly store: TransactionStore };

/** Options of a coordinator, standalone or embedded. */
export interface CoordinatorOptions {
  readonly http: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
  };
  /** Absent: the coordinator is not served over gRPC. Branches are called over gRPC all the same. */
  readonly grpc?: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
  };
  /** Certificates for branches at `grpcs://…`, as PEM; absent: those that Node trusts. */
  readonly branchTls?: {
    readonly ca?: string;
    /** Our own, where a service asks for one. */
    readonly cert?: string;
    readonly key?: string;
  };
  readonly store: StoreOptions;
  /** Whatever is not given has its default. @see DEFAULT_SETTINGS */
  readonly settings?: Partial<CoordinatorSettings>;
  /**
   * Recovery begins when it resolves; absent: at once. An application that is a participant itself passes the moment at
   * which it serves, or the first calls after a restart would find nobody.
   */
  readonly recoverAfter?: Promise<unknown>;
  /** For tests: elapsed time. */
  readonly clock?: Clock;
  /** For crash tests. */
  readonly faultPoints?: FaultPoints;
}
