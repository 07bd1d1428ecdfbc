import type { AbstractHttpAdapter } from '@nestjs/core';

/** The few parts of Fastify that are used here. */
interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: FastifyRequestLike, reply: unknown, done: () => void) => void): void;
}

interface FastifyRequestLike {
  readonly headers: Record<string, string | string[] | undefined>;
  readonly query?: unknown;
}

/**
 * Fastify refuses a request that announces JSON and has no body, and that is how some coordinators call a branch without
 * a payload. Only for such calls the announcement is dropped, so the application's own parsers stay as they are.
 */
export function acceptEmptyJsonBodies(adapter: AbstractHttpAdapter | undefined): void {
  if (adapter?.getType() !== 'fastify') return;
  adapter.getInstance<FastifyLike>().addHook('onRequest', (request, _reply, done) => {
    if (isBranchCall(request.query) && hasNoBody(request.headers)) delete request.headers['content-type'];
    done();
  });
}

function isBranchCall(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'gid' in query && 'trans_type' in query;
}

function hasNoBody(headers: FastifyRequestLike['headers']): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] === undefined && (length === undefined || length === '0');
}
