import { BranchMetrics } from './branch-metrics';
import { VERSION } from '../version';
import type { Metric } from './metric';
import { MetricsService } from './metrics.service';
import { RequestMetrics } from './request-metrics';
import { TransactionMetrics } from './transaction-metrics';

/** Where a coordinator counts what it does: additions to plain numbers, as this happens for every request and every call. */
export class CoordinatorMetrics {
  readonly requests = new RequestMetrics();
  readonly transactions = new TransactionMetrics();
  readonly branches = new BranchMetrics();

  /** @param running transactions that run now */
  service(running: () => number): MetricsService {
    const { requests, transactions, branches } = this;
    return new MetricsService([
      INFO,
      ...requests.metrics,
      ...transactions.metrics,
      ...branches.metrics,
      {
        name: 'dtx_transactions_running',
        help: 'Transactions that this coordinator runs now.',
        type: 'gauge',
        samples: () => [{ labels: {}, value: running() }],
      },
    ]);
  }
}

/** The two labels of dtm name the libraries of its servers, which are others here. */
const INFO: Metric = {
  name: 'dtm_server_info',
  help: 'The version of this coordinator.',
  type: 'gauge',
  samples: () => [{ labels: { gin_version: '', grpc_version: '', version: VERSION }, value: 1 }],
};
