import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import { finishWrite, insertWrite, LONG_LEASE } from './writes';

/** Reads, and what survives a restart. */
export function queryCases(context: StoreContext): void {
  it('finds nothing under an unknown gid', async () => {
    expect(await context.store.find(newGid())).toBeUndefined();
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
