import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import { finishWrite, insertWrite, LONG_LEASE } from './writes';

/** Reads, the kv table, and what survives a restart. */
export function queryCases(context: StoreContext): void {
  it('finds nothing under an unknown gid', async () => {
    expect(await context.store.find(newGid())).toBeUndefined();
  });

  it('puts, versions, scans and deletes key-value rows', async () => {
    const entry = { category: 'services', key: 'bank-a/1', value: '{}' };
    expect(await context.store.kvPut(entry, 1)).toBe(false);
    expect(await context.store.kvPut(entry, 0)).toBe(true);
    expect(await context.store.kvPut(entry, 0)).toBe(false);
    expect(await context.store.kvPut({ ...entry, value: '{"a":1}' }, 1)).toBe(true);
    expect(await context.store.kvPut({ ...entry, category: 'topics' })).toBe(true);
    const rows = await context.store.kvScan('services');
    expect(rows).toEqual([expect.objectContaining({ ...entry, value: '{"a":1}', version: 2 })]);
    expect(await context.store.kvDelete('services', 'bank-a/1')).toBe(true);
    expect(await context.store.kvDelete('services', 'bank-a/1')).toBe(false);
    expect(await context.store.kvScan('topics')).toHaveLength(1);
  });

  it('lets only one of many writers create a key', async () => {
    const entry = { category: 'topics', key: 'order.paid', value: '[]' };
    const results = await Promise.all(Array.from({ length: 10 }, () => context.store.kvPut(entry, 0)));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('answers a ping with its time', async () => {
    const before = await context.store.ping();
    expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
    expect(await context.store.ping()).toBeGreaterThanOrEqual(before);
  });

  const reopen = context.harness.reopen?.bind(context.harness);
  if (!reopen) return;

  it('still has everything after a restart', async () => {
    const { done } = await heldAndDone(context);
    context.replace(await reopen(context.store));
    expect((await context.read(done)).transaction.status).toBe('succeed');
  });

  // On a store for one process a lease at the start can only be that of a dead one; on a shared one its holder may live.
  const handsOut = context.harness.isShared ? 'keeps to its holder' : 'hands out';
  it(`${handsOut} after a restart what was held before it`, async () => {
    const { held } = await heldAndDone(context);
    context.replace(await reopen(context.store));
    const claimed = await context.store.claim(10, LONG_LEASE);
    expect(claimed.map(({ snapshot, epoch }) => [snapshot.gid, epoch > 1])).toEqual(
      context.harness.isShared ? [] : [[held, true]],
    );
  });
}

async function heldAndDone(context: StoreContext): Promise<{ readonly held: string; readonly done: string }> {
  const held = insertWrite(newGid(), LONG_LEASE);
  const done = insertWrite(newGid(), LONG_LEASE);
  await Promise.all([context.store.write(held), context.store.write(done)]);
  await context.store.write(finishWrite(done.gid, 1));
  return { held: held.gid, done: done.gid };
}
