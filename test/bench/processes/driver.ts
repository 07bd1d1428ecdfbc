import type { IncomingMessage } from 'node:http';
import type { RunOrder, Tally } from '../load/tally';
import { listen } from './listen';

/** Makes this process one that drives a lane: `POST /run` with a {@link RunOrder} is answered by the {@link Tally}. */
export function serveRuns(name: string, run: (order: RunOrder) => Promise<Tally>): void {
  listen(name, (request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    void textOf(request)
      .then((text) => run(JSON.parse(text) as RunOrder))
      .then(
        (tally) => answer(200, tally),
        (error: unknown) => answer(500, { message: error instanceof Error ? error.stack : String(error) }),
      );
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
