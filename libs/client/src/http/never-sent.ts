/** Codes of errors that come before a request is written. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

/** @returns whether the request has certainly not reached the server: sending it again, or elsewhere, is harmless. */
export function isNeverSent(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && NEVER_SENT.has(code);
}
