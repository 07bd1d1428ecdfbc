/** Where a branch call over gRPC goes. */
export interface GrpcTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `/package.Service/Method`. */
  readonly path: string;
}

const SCHEME = /^(grpcs?):\/\//i;
/** An IPv6 address stands in brackets. */
const FORM = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})(\/[\w.]+\/[\w.]+)$/i;

/**
 * Takes a branch URL of gRPC apart: `host:port/package.Service/Method` (spec 3.6), or, additively, the same behind `grpc://`,
 * or behind `grpcs://` for TLS.
 *
 * @returns `undefined` if it is none
 */
export function parseGrpcUrl(url: string): GrpcTarget | undefined {
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  const match = FORM.exec(scheme ? url.slice(scheme.length + 3) : url);
  if (!match) return undefined;
  const [, host, digits, path] = match as unknown as readonly [string, string, string, string];
  const port = Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port, tls: scheme === 'grpcs', path };
}

/** @returns whether a URL is to be called over gRPC in a transaction of any protocol, because it says so itself. */
export function hasGrpcScheme(url: string): boolean {
  return SCHEME.test(url);
}
