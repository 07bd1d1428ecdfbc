import type { Clock } from '../clock/clock';
import type { BranchDispatcher } from '../dispatch/branch-dispatcher';
import type { CoordinatorMetrics } from '../metrics/coordinator-metrics';
import type { CoordinatorSettings } from '../coordinator.settings';
import type { TransactionStore } from '../stores/transaction-store';
import type { FaultPoints } from './fault-points';
import type { IncidentLog } from './incident-log';

/** Where messages find the subscribers of a topic. */
export interface TopicDirectory {
  /** @returns URLs in the order of their subscription, `undefined` when there is no such topic */
  subscribers(topic: string): Promise<readonly string[] | undefined>;
}

/** What every run needs of its surroundings. */
export interface RunEnvironment {
  readonly store: TransactionStore;
  readonly dispatcher: BranchDispatcher;
  readonly clock: Clock;
  readonly settings: CoordinatorSettings;
  readonly topics: TopicDirectory;
  readonly incidents: IncidentLog;
  readonly metrics: Pick<CoordinatorMetrics, 'branches' | 'transactions'>;
  readonly faults: FaultPoints | undefined;
  /** In [0, 1): jitter of the next try. */
  readonly random: () => number;
}
