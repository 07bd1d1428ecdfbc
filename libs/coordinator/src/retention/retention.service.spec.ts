import { newGid } from '@nestjs-dtx/protocol';
import { Gate, ManualClock } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { ENDED_LEASE, insertWrite } from '../stores/insert-write.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';
import type { PurgeRequest } from '../stores/transaction-store';
import { RetentionService } from './retention.service';

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

describe('the retention of finished transactions', () => {
  let clock: ManualClock;
  let store: StoreProbe;
  let requests: PurgeRequest[];
  let log: CapturedLog;
  let retention: RetentionService;

  beforeEach(() => {
    log = CapturedLog.start();
    clock = new ManualClock();
    store = new StoreProbe(new MemoryStore(() => clock.now()));
    requests = [];
    const purge = store.purge.bind(store);
    store.purge = (request) => {
      requests.push(request);
      return purge(request);
    };
    retention = new RetentionService(store, { clock, finishedForMs: 7 * DAY_MS });
  });

  afterEach(() => log.restore());

  async function unfinished(): Promise<string> {
    const gid = newGid();
    await store.write(insertWrite(gid, { lease: ENDED_LEASE }));
    return gid;
  }

  async function finish(gid: string): Promise<void> {
    const park = { dueInMs: null, intervalMs: 10_000, attempts: 0, lastError: '' };
    await store.write({ kind: 'advance', gid, epoch: 1, branches: [], status: 'succeed', park });
  }

  async function finished(count = 1): Promise<void> {
    for (let made = 0; made < count; made += 1) await finish(await unfinished());
  }

  test('deletes them when they were kept for so long, and not a moment earlier', async () => {
    await finished();
    clock.advance(7 * DAY_MS);
    expect(await retention.runOnce()).toBe(0);
    clock.advance(1);
    expect(await retention.runOnce()).toBe(1);
  });

  test('never deletes one that has not finished, and deletes it in time once it has', async () => {
    const gid = await unfinished();
    clock.advance(30 * DAY_MS);
    expect(await retention.runOnce()).toBe(0);
    await finish(gid);
    clock.advance(7 * DAY_MS - 1);
    expect(await retention.runOnce()).toBe(0);
    clock.advance(HOUR_MS);
    expect(await retention.runOnce()).toBe(1);
  });

  test('deletes as many as there are, in small parts', async () => {
    await finished(450);
    await unfinished();
    clock.advance(8 * DAY_MS);
    expect(await retention.runOnce()).toBe(450);
    expect(Math.max(...requests.map(({ limit }) => limit))).toBeLessThanOrEqual(100);
    expect((await store.list({ limit: 10 })).transactions).toHaveLength(1);
  });

  test('looks at what it stepped over once an hour, and only at newer rows in between', async () => {
    for (let count = 0; count < 250; count += 1) await unfinished();
    clock.advance(8 * DAY_MS);
    await retention.runOnce();
    expect(requests.length).toBeGreaterThan(2);
    requests.length = 0;
    clock.advance(HOUR_MS - 1);
    await retention.runOnce();
    expect(requests.map(({ afterId }) => afterId > 0)).toEqual([true]);
    requests.length = 0;
    clock.advance(1);
    await retention.runOnce();
    expect(requests[0]!.afterId).toBe(0);
  });

  test('reaches what becomes old later, wherever it stopped', async () => {
    await finished(3);
    clock.advance(4 * DAY_MS);
    await finished(2);
    clock.advance(4 * DAY_MS);
    expect(await retention.runOnce()).toBe(3);
    clock.advance(4 * DAY_MS);
    expect(await retention.runOnce()).toBe(2);
  });

  test('makes one round at a time', async () => {
    await finished();
    clock.advance(8 * DAY_MS);
    const counts = await Promise.all([retention.runOnce(), retention.runOnce()]);
    expect(counts).toEqual([1, 1]);
    expect(requests.filter(({ afterId }) => afterId === 0)).toHaveLength(1);
  });

  test('is done by several coordinators at once without harm', async () => {
    await finished(250);
    const kept = await unfinished();
    clock.advance(8 * DAY_MS);
    const other = new RetentionService(store, { clock, finishedForMs: 7 * DAY_MS });
    const counts = await Promise.all([retention.runOnce(), other.runOnce()]);
    expect(counts[0] + counts[1]).toBe(250);
    expect((await store.list({ limit: 10 })).transactions.map(({ gid }) => gid)).toEqual([kept]);
  });

  test('survives a store that fails, with one line when it begins and one when it ends', async () => {
    await finished();
    clock.advance(8 * DAY_MS);
    store.before = () => {
      throw new Error('gone');
    };
    expect([await retention.runOnce(), await retention.runOnce()]).toEqual([0, 0]);
    store.before = () => {};
    expect(await retention.runOnce()).toBe(1);
    await retention.runOnce();
    expect(log.lines).toEqual([
      'error deleting finished transactions failed: Error: gone',
      'info deleting finished transactions works again',
    ]);
  });

  test('stops between two parts when it is told to, and does not begin again', async () => {
    await finished(450);
    clock.advance(8 * DAY_MS);
    const gate = new Gate();
    store.after = () => gate.pass();
    const round = retention.runOnce();
    const stopped = retention.stop();
    gate.open();
    await stopped;
    expect(await round).toBe(100);
    expect(await retention.runOnce()).toBe(0);
    expect((await store.list({ limit: 1000 })).transactions).toHaveLength(350);
  });
});
