import { OPS } from './vocabulary';

/**
 * The contract of the service registry, `POST /api/v2/services` (design 6). A service announces where its handlers are;
 * a branch URL `svc://service/handler` is then resolved to a live instance at the moment of each call.
 */

/** Scheme of registry URLs. */
export const SERVICE_SCHEME = 'svc://';

/**
 * Where one handler answers: op → path below the instance's base URL; or a whole URL where it takes messages; or `null` for
 * an op that needs no call (`compensate: false`).
 */
export type HandlerPaths = Readonly<Record<string, string | null>>;

/** Body of `POST /api/v2/services`; the same body sent again is the heartbeat. */
export interface ServiceAnnouncement {
  /** Name of the service, shared by all its instances (which share one database). */
  readonly service: string;
  /** Unique among the instances of that service; the same process keeps it. */
  readonly instance: string;
  /** `http://host:port` with an optional path prefix, no trailing slash; or where messages are sent, of a service that takes nothing else. */
  readonly url: string;
  /** Handler name → op → path. */
  readonly handlers: Readonly<Record<string, HandlerPaths>>;
  /** Seconds without a heartbeat after which the instance is taken for dead. */
  readonly ttl: number;
}

/** @returns the registry URL of a step named `service/handler`. */
export function serviceUrl(step: string): string {
  return SERVICE_SCHEME + step;
}

/** @returns service and handler of a registry URL, or undefined when it is none or malformed. */
export function parseServiceUrl(url: string): { service: string; handler: string } | undefined {
  if (!url.startsWith(SERVICE_SCHEME)) return undefined;
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/.exec(
    url.slice(SERVICE_SCHEME.length),
  );
  return match?.[1] && match[2] ? { service: match[1], handler: match[2] } : undefined;
}

/**
 * A handler that has nothing of its own for the end of transactions is told of it as of an action.
 *
 * @returns where a handler answers to this op: its path, `null` if the op needs no call, `undefined` if there is no such
 * handler or op. Own properties only: a handler may be named like something that every object has.
 */
export function handlerPath(
  { handlers }: Pick<ServiceAnnouncement, 'handlers'>,
  handler: string,
  op: string,
): string | null | undefined {
  const paths = Object.hasOwn(handlers, handler) ? handlers[handler] : undefined;
  if (paths === undefined) return undefined;
  if (Object.hasOwn(paths, op)) return paths[op];
  return op === OPS.onComplete ? handlerPath({ handlers }, handler, OPS.action) : undefined;
}
