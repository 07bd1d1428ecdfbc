import { Histogram } from './histogram';
import type { Metric } from './metric';
import { OutcomeCounter } from './outcome-counter';

const TOTAL = 'dtm_server_process_total';
const DURATION = 'dtm_server_response_duration';

/** The roads on which requests arrive. */
export type RequestType = 'http' | 'grpc';

/** The requests of one route, or of one method. */
export class RouteMetrics {
  readonly outcomes = new OutcomeCounter();
  readonly duration = new Histogram();

  /** @param status of the answer; from 400 on it has failed */
  record(status: number, seconds: number): void {
    this.count(status < 400, seconds);
  }

  count(isOk: boolean, seconds: number): void {
    if (isOk) this.outcomes.ok += 1;
    else this.outcomes.fail += 1;
    this.duration.observe(seconds);
  }
}

/** Requests by route: there are only so many of these, whatever clients ask for (Q36). */
export class RequestMetrics {
  private readonly types = { http: new Map<string, RouteMetrics>(), grpc: new Map<string, RouteMetrics>() };

  /** @param api {@link apiOf} the route, or the method's name in lower case */
  route(api: string, type: RequestType = 'http'): RouteMetrics {
    const routes = this.types[type];
    let route = routes.get(api);
    if (!route) routes.set(api, (route = new RouteMetrics()));
    return route;
  }

  get metrics(): readonly Metric[] {
    const routes = () =>
      Object.entries(this.types).flatMap(([type, known]) => [...known].map(([api, route]) => ({ type, api, route })));
    return [
      {
        name: TOTAL,
        help: 'Requests by route or method, and by whether they were answered with a status below 400, or OK.',
        type: 'counter',
        samples: () => routes().flatMap(({ type, api, route }) => route.outcomes.samples({ type, api })),
      },
      {
        name: DURATION,
        help: 'Seconds until a request was answered.',
        type: 'histogram',
        samples: () => routes().flatMap(({ type, api, route }) => route.duration.samples(DURATION, { type, api })),
      },
    ];
  }
}

/** @returns the `api` label of a route: the last segment of its template that is no parameter, in lower case. */
export function apiOf(template: string): string {
  const named = template.split('/').filter((segment) => segment !== '' && !/^[:*]/.test(segment));
  return named.at(-1)?.toLowerCase() ?? 'unknown';
}
