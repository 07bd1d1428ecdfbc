import { Histogram } from './histogram';
import type { Metric } from './metric';
import { OutcomeCounter } from './outcome-counter';

const TOTAL = 'dtm_server_process_total';
const DURATION = 'dtm_server_response_duration';
const TYPE = 'http';

/** The requests of one route. */
export class RouteMetrics {
  readonly outcomes = new OutcomeCounter();
  readonly duration = new Histogram();

  /** @param status of the answer; from 400 on it has failed */
  record(status: number, seconds: number): void {
    if (status < 400) this.outcomes.ok += 1;
    else this.outcomes.fail += 1;
    this.duration.observe(seconds);
  }
}

/** Requests by route: there are only so many of these, whatever clients ask for (Q36). */
export class RequestMetrics {
  private readonly routes = new Map<string, RouteMetrics>();

  /** @param api {@link apiOf} the route */
  route(api: string): RouteMetrics {
    let route = this.routes.get(api);
    if (!route) this.routes.set(api, (route = new RouteMetrics()));
    return route;
  }

  get metrics(): readonly Metric[] {
    const routes = () => [...this.routes];
    return [
      {
        name: TOTAL,
        help: 'Requests by route and by whether they were answered with a status below 400.',
        type: 'counter',
        samples: () => routes().flatMap(([api, { outcomes }]) => outcomes.samples({ type: TYPE, api })),
      },
      {
        name: DURATION,
        help: 'Seconds until a request was answered.',
        type: 'histogram',
        samples: () => routes().flatMap(([api, { duration }]) => duration.samples(DURATION, { type: TYPE, api })),
      },
    ];
  }
}

/** @returns the `api` label of a route: the last segment of its template that is no parameter, in lower case. */
export function apiOf(template: string): string {
  const named = template.split('/').filter((segment) => segment !== '' && !/^[:*]/.test(segment));
  return named.at(-1)?.toLowerCase() ?? 'unknown';
}
