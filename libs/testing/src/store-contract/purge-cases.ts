import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import { ENDED_LEASE, finishWrite, forceStopWrite, insertWrite, LONG_LEASE, parkWrite } from './writes';

/** What is deleted after its time, and what never is. */
export function purgeCases(context: StoreContext): void {
  it('deletes what ended long enough ago, with its branches', async () => {
    const gids = [await finished(context, 'succeed'), await finished(context, 'failed')];
    await aMoment(context);
    expect(await purgeAll(context)).toBe(2);
    for (const gid of gids) expect(await context.store.find(gid)).toBeUndefined();
    // Branch rows that were left behind would refuse these, as each may exist only once.
    for (const gid of gids) expect(await context.store.write(insertWrite(gid))).toMatchObject({ result: 'applied' });
    expect((await context.read(gids[0]!)).branches).toHaveLength(4);
  });

  it('deletes what was stopped by force', async () => {
    const { gid } = await inserted(context);
    await context.store.write(forceStopWrite(gid));
    await aMoment(context);
    expect(await purgeAll(context)).toBe(1);
    expect(await context.store.find(gid)).toBeUndefined();
  });

  it('keeps what ended a short while ago', async () => {
    const gid = await finished(context, 'succeed');
    await aMoment(context);
    const progress = await context.store.purge({ finishedForMs: 60_000, afterId: 0, limit: 10 });
    expect(progress).toEqual({ deleted: 0, lastId: undefined });
    expect((await context.read(gid)).branches).toHaveLength(4);
  });

  it('never deletes what has not ended, whatever its times', async () => {
    const prepared = insertWrite();
    await context.store.write(prepared);
    const [left, parked, waiting] = [
      await inserted(context, ENDED_LEASE),
      await inserted(context),
      await inserted(context),
    ];
    await context.store.write(parkWrite(parked.gid, 1, -60_000));
    await context.store.write(parkWrite(waiting.gid, 1, null));
    const aborting = await inserted(context);
    await context.store.write({ ...parkWrite(aborting.gid, 1), status: 'aborting' });
    const done = await finished(context, 'succeed');
    await aMoment(context);
    expect(await purgeAll(context)).toBe(1);
    expect(await context.store.find(done)).toBeUndefined();
    for (const { gid } of [prepared, left, parked, waiting, aborting]) {
      expect((await context.read(gid)).branches).toHaveLength(4);
    }
  });

  it('looks at so many rows at a time and goes on after them, stepping over what it may not delete', async () => {
    const unfinished = await inserted(context);
    for (let count = 0; count < 4; count += 1) await finished(context, 'succeed');
    await aMoment(context);
    const { transaction } = await context.read(unfinished.gid);
    const first = await context.store.purge({ finishedForMs: 0, afterId: 0, limit: 2 });
    expect(first).toEqual({ deleted: 1, lastId: expect.any(Number) });
    expect(first.lastId).toBeGreaterThan(transaction.id);
    const second = await context.store.purge({ finishedForMs: 0, afterId: first.lastId!, limit: 2 });
    expect(second.deleted).toBe(2);
    const third = await context.store.purge({ finishedForMs: 0, afterId: second.lastId!, limit: 2 });
    expect(third.deleted).toBe(1);
    const nothing = await context.store.purge({ finishedForMs: 0, afterId: third.lastId!, limit: 2 });
    expect(nothing).toEqual({ deleted: 0, lastId: undefined });
    const again = await context.store.purge({ finishedForMs: 0, afterId: 0, limit: 2 });
    expect(again).toEqual({ deleted: 0, lastId: transaction.id });
  });

  it('deletes each once when several purge at the same time', async () => {
    for (let count = 0; count < 12; count += 1) await finished(context, 'succeed');
    await aMoment(context);
    const counts = await Promise.all([purgeAll(context), purgeAll(context), purgeAll(context)]);
    // One may have stepped over what another was about to delete.
    const later = await purgeAll(context);
    expect([...counts, later].reduce((sum, count) => sum + count, 0)).toBe(12);
    expect((await context.store.list({ limit: 100 })).transactions).toEqual([]);
  });

  it('leaves whole or deletes whole what ends, is claimed or is stored while it purges', async () => {
    const rows = await Promise.all(Array.from({ length: 20 }, () => inserted(context, ENDED_LEASE)));
    await aMoment(context);
    const ending = rows.filter((_, index) => index % 2 === 0);
    const writes = [
      ...ending.map(({ gid }) => context.store.write(finishWrite(gid, 1))),
      ...ending.map(() => context.store.write(insertWrite())),
      context.store.claim(5, LONG_LEASE),
    ];
    await Promise.all([...writes, purgeAll(context), purgeAll(context)]);
    await aMoment(context);
    await purgeAll(context);
    const { transactions } = await context.store.list({ limit: 100 });
    const unfinished = rows.filter((row) => !ending.includes(row));
    const left = new Set(transactions.map(({ gid }) => gid));
    expect(unfinished.filter(({ gid }) => !left.has(gid))).toEqual([]);
    for (const { gid, status } of transactions) {
      expect([status === 'succeed' || status === 'failed', (await context.read(gid)).branches.length]).toEqual([
        false,
        4,
      ]);
    }
  });
}

/** Purges in small parts until nothing is left to look at. @returns how many were deleted */
async function purgeAll({ store }: StoreContext): Promise<number> {
  let deleted = 0;
  let afterId: number | undefined = 0;
  while (afterId !== undefined) {
    const part = await store.purge({ finishedForMs: 0, afterId, limit: 3 });
    deleted += part.deleted;
    afterId = part.lastId;
  }
  return deleted;
}

/** Waits until the store's clock has moved on: only what ended before now is old. */
async function aMoment({ store }: StoreContext): Promise<void> {
  const start = await store.ping();
  while ((await store.ping()) <= start) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function inserted({ store }: StoreContext, lease = LONG_LEASE): Promise<{ gid: string }> {
  const write = insertWrite(newGid(), lease);
  await store.write(write);
  return write;
}

async function finished(context: StoreContext, status: 'succeed' | 'failed'): Promise<string> {
  const { gid } = await inserted(context);
  await context.store.write(finishWrite(gid, 1, status));
  return gid;
}
