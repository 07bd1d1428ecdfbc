import type { TransactionStore } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import { ENDED_LEASE, finishWrite, insertWrite, LONG_LEASE, outcomeWrite, parkWrite } from './writes';

/** Claims, renewals and what becomes due when. */
export function leaseCases(context: StoreContext): void {
  it('claims what is due, oldest first, with the next epoch', async () => {
    const late = await parkedAt(context.store, -1000);
    const early = await parkedAt(context.store, -2000);
    await parkedAt(context.store, 60_000);
    const claimed = await context.store.claim(10, LONG_LEASE);
    expect(claimed.map(({ snapshot }) => snapshot.gid)).toEqual([early, late]);
    expect(claimed.map(({ epoch }) => epoch)).toEqual([2, 2]);
    expect(claimed[0]!.snapshot).toMatchObject({ status: 'submitted', attempts: 2, intervalMs: 20_000 });
    expect(claimed[0]!.snapshot.branches).toHaveLength(4);
  });

  it('claims no more than asked, and nothing twice', async () => {
    const gids = new Set<string>();
    for (let count = 0; count < 5; count += 1) gids.add(await parkedAt(context.store, 0));
    const rounds = [
      await context.store.claim(2, LONG_LEASE),
      await context.store.claim(2, LONG_LEASE),
      await context.store.claim(2, LONG_LEASE),
    ];
    expect(rounds.map((round) => round.length)).toEqual([2, 2, 1]);
    expect(new Set(rounds.flat().map(({ snapshot }) => snapshot.gid))).toEqual(gids);
  });

  it('claims what a dead holder left when its lease is over, and not before', async () => {
    const held = insertWrite(newGid(), LONG_LEASE);
    const left = insertWrite(newGid(), ENDED_LEASE);
    await Promise.all([context.store.write(held), context.store.write(left)]);
    const claimed = await context.store.claim(10, LONG_LEASE);
    expect(claimed.map(({ snapshot }) => snapshot.gid)).toEqual([left.gid]);
  });

  it('never claims what is final or waits for its client', async () => {
    const final = insertWrite(newGid(), ENDED_LEASE);
    await context.store.write(final);
    await context.store.write(finishWrite(final.gid, 1));
    await context.store.write(insertWrite());
    expect(await context.store.rearm(final.gid)).toBe(true);
    expect(await context.store.claim(10, LONG_LEASE)).toEqual([]);
  });

  it('visits a prepared transaction at its first visit time', async () => {
    const write = insertWrite();
    const transaction = { ...write.transaction, firstVisitAfterMs: 0 };
    await context.store.write({ ...write, transaction });
    const claimed = await context.store.claim(10, LONG_LEASE);
    expect(claimed.map(({ snapshot }) => snapshot.gid)).toEqual([write.gid]);
  });

  it('renews the leases that are still held and names the others', async () => {
    const kept = insertWrite(newGid(), ENDED_LEASE);
    const taken = insertWrite(newGid(), ENDED_LEASE);
    const done = insertWrite(newGid(), ENDED_LEASE);
    for (const write of [kept, taken, done]) await context.store.write(write);
    await context.store.write(finishWrite(done.gid, 1));
    await context.store.write({
      kind: 'change',
      gid: taken.gid,
      from: 'submitted',
      to: 'submitted',
      patch: {},
      unheldOnly: true,
      lease: LONG_LEASE,
    });
    const leases = [kept, taken, done].map(({ gid }) => ({ gid, epoch: 1 }));
    const lost = await context.store.renew([...leases, { gid: newGid(), epoch: 1 }], 60_000);
    expect(new Set(lost.slice(0, 2))).toEqual(new Set([taken.gid, done.gid]));
    expect(lost).toHaveLength(3);
    const { transaction } = await context.read(kept.gid);
    expect(transaction.leaseUntil! - transaction.createTime).toBeGreaterThanOrEqual(60_000);
    expect(transaction.nextCronTime).toBe(transaction.leaseUntil);
    expect(await context.store.claim(10, LONG_LEASE)).toEqual([]);
  });

  it('lets a holder record what it did after its lease, as long as nobody has taken over', async () => {
    const write = insertWrite(newGid(), ENDED_LEASE);
    await context.store.write(write);
    expect(await context.store.write(outcomeWrite(write.gid, 1))).toMatchObject({ result: 'applied' });
    await context.store.claim(1, LONG_LEASE);
    expect(await context.store.write(outcomeWrite(write.gid, 1))).toMatchObject({ result: 'stale' });
  });

  it('makes one transaction due now, unless somebody is at work on it', async () => {
    const parked = await parkedAt(context.store, 60_000);
    const held = insertWrite(newGid(), LONG_LEASE);
    await context.store.write(held);
    expect(await context.store.rearm(parked)).toBe(true);
    expect(await context.store.rearm(held.gid)).toBe(true);
    expect(await context.store.rearm(newGid())).toBe(false);
    const claimed = await context.store.claim(10, LONG_LEASE);
    expect(claimed.map(({ snapshot }) => snapshot.gid)).toEqual([parked]);
  });

  it('makes due what is due in the far future, so many at a time', async () => {
    for (let count = 0; count < 3; count += 1) await parkedAt(context.store, 120_000);
    await parkedAt(context.store, 90_000);
    expect(await context.store.rearmFarFuture(100_000, 2)).toEqual({ count: 2, hasRemaining: true });
    expect(await context.store.rearmFarFuture(100_000, 2)).toEqual({ count: 1, hasRemaining: false });
    expect(await context.store.rearmFarFuture(100_000, 2)).toEqual({ count: 0, hasRemaining: false });
    expect(await context.store.claim(10, LONG_LEASE)).toHaveLength(3);
  });
}

/** A submitted saga that nobody holds, due so long from now. */
async function parkedAt(store: TransactionStore, dueInMs: number): Promise<string> {
  const write = insertWrite(newGid(), LONG_LEASE);
  await store.write(write);
  await store.write(parkWrite(write.gid, 1, dueInMs));
  return write.gid;
}
