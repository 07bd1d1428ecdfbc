import { request } from 'undici';

/** An HTTP answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends bytes as they are, over a connection of its own. */
export async function send(
  method: string,
  url: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await request(url, { method: method as 'GET', body: body ?? null, headers, reset: true });
  const contentType = answer.headers['content-type'];
  return {
    status: answer.statusCode,
    contentType: typeof contentType === 'string' ? contentType : undefined,
    headers: answer.headers,
    text: await answer.body.text(),
  };
}
