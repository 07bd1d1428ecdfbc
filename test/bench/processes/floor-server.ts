import Fastify from 'fastify';
import { Pool } from 'undici';
import { endWithParent } from './end-with-parent';

/*
 * The least that a coordinator over HTTP can do: parse the request, call its branches one after the other, reply. No
 * checks, no state, no framework beside the HTTP server. What remains between this and the coordinator is the coordinator.
 */

interface Saga {
  readonly gid: string;
  readonly steps: readonly { readonly action: string }[];
  readonly payloads: readonly string[];
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
const CONNECTIONS = 128;
const pools = new Map<string, Pool>();

async function callBranch({ gid, steps, payloads }: Saga, step: number): Promise<void> {
  const url = new URL(steps[step]!.action);
  let pool = pools.get(url.origin);
  if (!pool) pools.set(url.origin, (pool = new Pool(url.origin, { connections: CONNECTIONS })));
  const branchId = String(step + 1).padStart(2, '0');
  const answer = await pool.request({
    path: `${url.pathname}?branch_id=${branchId}&gid=${gid}&op=action&trans_type=saga`,
    method: 'POST',
    headers: HEADERS,
    body: payloads[step]!,
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 || text.includes('FAILURE')) throw new Error(`branch answered ${answer.statusCode}`);
}

async function main(): Promise<void> {
  endWithParent();
  const app = Fastify();
  app.post<{ Body: Saga }>('/api/dtmsvr/submit', async ({ body }) => {
    for (let step = 0; step < body.steps.length; step += 1) await callBranch(body, step);
    return { dtm_result: 'SUCCESS' };
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  console.log(`floor listening on ${url}`);
}

void main();
