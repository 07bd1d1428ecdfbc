/** A branch URL taken apart once: the same few URLs are called over and over. */
export interface CallTarget {
  /** Key of the connection pool. */
  readonly origin: string;
  /** Path and query as they are. */
  readonly path: string;
  /** The same, ready for `key=value` to be appended. */
  readonly pathAndJoiner: string;
}

/** Targets kept; beyond it the cache starts afresh. URLs with ids in them must not grow it without bound. */
const MAX_CACHED = 4096;

/** Parses branch URLs, remembering those seen. */
export class CallTargets {
  private readonly cache = new Map<string, CallTarget>();

  /** @returns `undefined` when the URL is not an absolute http(s) one. */
  of(url: string): CallTarget | undefined {
    const known = this.cache.get(url);
    if (known) return known;
    const target = parse(url);
    if (!target) return undefined;
    if (this.cache.size >= MAX_CACHED) this.cache.clear();
    this.cache.set(url, target);
    return target;
  }
}

function parse(url: string): CallTarget | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin, pathname, search } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const path = search === '?' ? pathname : pathname + search;
  return { origin, path, pathAndJoiner: `${path}${path === pathname ? '?' : '&'}` };
}
