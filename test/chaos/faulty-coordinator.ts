import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import {
  FAULT_POINTS,
  startCoordinator,
  type FaultPoint,
  type FaultPoints,
  type StoreOptions,
} from '@nestjs-dtx/coordinator';
import type { Crash } from './crash';

/*
 * A coordinator that kills itself with SIGKILL: `faulty-coordinator STORE [CRASHES]`. A transaction that comes to its point goes
 * no further; when all have come to theirs, the process dies. Without crashes it lives on. STORE is the JSON of its store
 * options, CRASHES that of a list of {@link Crash}; it listens on HTTP_PORT, or on any free port.
 */

/** Seconds. Its successor on a database server waits so long for what it left; it is ample for calls that take no time. */
const LEASE_SECONDS = 2;

const NEVER = new Promise<never>(() => {});

/** Ends the process as a power cut would: no handler runs, nothing is flushed. */
class SuddenDeath implements FaultPoints {
  private readonly hits = new Map<Crash, number>();
  private readonly stopped = new Set<string>();

  constructor(private readonly crashes: readonly Crash[]) {}

  reach(point: FaultPoint, gid: string): Promise<never> | undefined {
    if (this.stopped.has(gid)) return NEVER;
    const crash = this.crashes.find((each) => each.point === point && (each.gid ?? gid) === gid);
    if (!crash) return undefined;
    const hits = (this.hits.get(crash) ?? 0) + 1;
    this.hits.set(crash, hits);
    if (hits < crash.hit) return undefined;
    this.stopped.add(gid);
    console.log(`stopped ${gid}`);
    if (this.stopped.size === this.crashes.length) process.kill(process.pid, 'SIGKILL');
    return NEVER;
  }
}

async function main(): Promise<void> {
  const [store, crashes] = process.argv.slice(2);
  if (store === undefined) throw new Error('usage: faulty-coordinator STORE [CRASHES]');
  Logger.overrideLogger(['error', 'fatal', 'warn']);
  const { app, url } = await startCoordinator({
    http: { host: '127.0.0.1', port: Number(process.env['HTTP_PORT'] ?? 0) },
    store: JSON.parse(store) as StoreOptions,
    settings: { retryInterval: 1, transCronInterval: 0.2, leaseSeconds: LEASE_SECONDS },
    ...(crashes !== undefined && { faultPoints: new SuddenDeath(crashesIn(crashes)) }),
  });
  app.enableShutdownHooks();
  console.log(`faulty coordinator listening on ${url}`);
}

function crashesIn(text: string): readonly Crash[] {
  const crashes = JSON.parse(text) as readonly Crash[];
  const strange = crashes.find(({ point }) => !FAULT_POINTS.includes(point));
  if (strange) throw new Error(`${strange.point} is no fault point; there are ${FAULT_POINTS.join(', ')}`);
  return crashes;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
