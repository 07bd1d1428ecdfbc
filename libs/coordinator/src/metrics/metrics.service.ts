import { Registry, type Metric as PromMetric } from 'prom-client';
import type { Metric } from './metric';
import { processMetrics } from './process-metrics';

/** Everything that is measured, in the text format of Prometheus (spec 2.12). */
export class MetricsService {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly registry = new Registry();

  constructor(metrics: readonly Metric[]) {
    for (const metric of metrics) this.registry.registerMetric(readOnScrape(metric));
  }

  async text(): Promise<string> {
    const own = await this.registry.metrics();
    return `${own}\n${await processMetrics().metrics()}`;
  }
}

/** The library's own counters and histograms cost a look-up of labels per event; all it needs of a metric is this one method. */
function readOnScrape(metric: Metric): PromMetric {
  const { name, help, type } = metric;
  const get = () => Promise.resolve({ name, help, type, values: metric.samples(), aggregator: 'sum' });
  return { name, get } as unknown as PromMetric;
}
