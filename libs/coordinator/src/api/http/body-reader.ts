import type { IncomingMessage } from 'node:http';
import { PayloadTooLargeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Bytes of a body that is too large which are still read, so that its sender gets to see the answer. */
const DRAINED_BYTES = 64 * 1024 * 1024;

/** What every body is said to be. */
const JSON_TYPE = 'application/json';

/**
 * Makes every body arrive as text, whatever its content type says, even one that is no content type at all (spec 2.1).
 * A body above the limit is read to its end and dropped: closing the connection on a client that is still sending shows it a
 * broken pipe instead of the 413.
 *
 * @param limit bytes
 */
export function readBodiesAsText(fastify: FastifyInstance, limit: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.headers['content-type'] = JSON_TYPE;
    done();
  });
  // By its name, as the framework takes the type apart anew for each request that a catch-all reads.
  fastify.addContentTypeParser(JSON_TYPE, (_request, payload, done) => {
    readText(payload, limit, done);
  });
}

/** With the callback that the framework has anyway: this runs for every request. */
function readText(payload: IncomingMessage, limit: number, done: (error: Error | null, text?: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let hasFailed = false;
  const fail = (error: Error): void => {
    if (!hasFailed) done(error);
    hasFailed = true;
  };
  payload.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
    if (size > limit + DRAINED_BYTES) fail(new PayloadTooLargeException());
  });
  payload.on('error', fail);
  payload.on('end', () => {
    if (size > limit) fail(new PayloadTooLargeException());
    else done(null, chunks.length === 1 ? chunks[0]!.toString('utf8') : Buffer.concat(chunks).toString('utf8'));
  });
}
