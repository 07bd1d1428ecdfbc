import type { FastifyInstance, FastifyRequest, onSendHookHandler } from 'fastify';
import { apiOf, type RequestMetrics } from '../../metrics/request-metrics';

declare module 'fastify' {
  interface FastifyRequest {
    /** When it arrived, as `performance.now()` says. */
    arrivedMs: number;
  }
}

/** Health checks come all the time, and say nothing of the work (spec 2.12). */
const UNMEASURED = new Set(['ping']);

/**
 * Measures every request. Each route gets a hook that knows where it counts, so that nothing has to be looked up, and sees the
 * answer when it is ready: waiting for its last byte would cost two listeners per request.
 */
export function measureRequests(fastify: FastifyInstance, requests: RequestMetrics): void {
  fastify.decorateRequest('arrivedMs', 0);
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.arrivedMs = performance.now();
    done();
  });
  fastify.addHook('onRoute', (route) => {
    const api = apiOf(route.url);
    if (UNMEASURED.has(api)) return;
    const metrics = requests.route(api);
    const measure: onSendHookHandler = (request, reply, payload, done) => {
      metrics.record(reply.statusCode, secondsSince(request));
      done(null, payload);
    };
    // The framework's own for HEAD is among them.
    route.onSend = [measure, ...[route.onSend ?? []].flat()];
  });
}

/** @returns seconds since the request arrived */
export function secondsSince({ arrivedMs }: FastifyRequest): number {
  return (performance.now() - arrivedMs) / 1000;
}
