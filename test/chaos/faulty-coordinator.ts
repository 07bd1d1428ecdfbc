import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import {
  FAULT_POINTS,
  startCoordinator,
  type FaultPoint,
  type FaultPoints,
  type StoreOptions,
} from '@nestjs-dtx/coordinator';

/*
 * A coordinator that kills itself with SIGKILL: `faulty-coordinator STORE [POINT HIT [GID]]`, at the n-th time that the
 * transaction, or any one, reaches the point. Without a point it lives on. STORE is the JSON of its store options; it
 * listens on HTTP_PORT, or on any free port.
 */

/** Seconds. Its successor on a database server waits so long for what it left; it is ample for calls that take no time. */
const LEASE_SECONDS = 2;

/** Ends the process as a power cut would: no handler runs, nothing is flushed. */
class SuddenDeath implements FaultPoints {
  private hits = 0;

  constructor(
    private readonly point: FaultPoint,
    private readonly hit: number,
    private readonly gid: string | undefined,
  ) {}

  reach(point: FaultPoint, gid: string): void {
    if (point !== this.point || gid !== (this.gid ?? gid)) return;
    this.hits += 1;
    if (this.hits === this.hit) process.kill(process.pid, 'SIGKILL');
  }
}

async function main(): Promise<void> {
  const [store, point, hit, gid] = process.argv.slice(2);
  if (store === undefined) throw new Error('usage: faulty-coordinator STORE [POINT HIT [GID]]');
  Logger.overrideLogger(['error', 'fatal', 'warn']);
  const { app, url } = await startCoordinator({
    http: { host: '127.0.0.1', port: Number(process.env['HTTP_PORT'] ?? 0) },
    store: JSON.parse(store) as StoreOptions,
    settings: { retryInterval: 1, transCronInterval: 0.2, leaseSeconds: LEASE_SECONDS },
    ...(point !== undefined && { faultPoints: new SuddenDeath(faultPoint(point), Number(hit), gid) }),
  });
  app.enableShutdownHooks();
  console.log(`faulty coordinator listening on ${url}`);
}

function faultPoint(text: string): FaultPoint {
  const point = FAULT_POINTS.find((known) => known === text);
  if (point === undefined) throw new Error(`${text} is no fault point; there are ${FAULT_POINTS.join(', ')}`);
  return point;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
