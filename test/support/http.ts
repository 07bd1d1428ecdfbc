import { request } from 'undici';

/** An HTTP answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; `undefined` when it is none. */
  readonly json: unknown;
}

/** What {@link send} may be told beside method and address. */
export interface Sending {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Hangs up. */
  readonly signal?: AbortSignal;
}

/**
 * Sends bytes as they are, so that malformed requests can be made too. Commands have a connection each, as they must not
 * meet one that a stopping server is about to close; polls share theirs, as they are many and may be repeated.
 */
export async function send(method: string, url: string, { body, headers, signal }: Sending = {}): Promise<Reply> {
  const answer = await request(url, {
    method: method as 'GET',
    body: body ?? null,
    headers: headers ?? {},
    reset: method !== 'GET',
    ...(signal && { signal }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: parsed(text) };
}

export function get(url: string): Promise<Reply> {
  return send('GET', url);
}

/** Sends a value as JSON. */
export function post(url: string, value: unknown): Promise<Reply> {
  return send('POST', url, { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
