import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import { ENDED_LEASE, finishWrite, forceStopWrite, insertWrite, LONG_LEASE, outcomeWrite, parkWrite } from './writes';

const URL = 'http://shop/ended';
/** Some header may be named like the option, and a value may look like its text. */
const LOOKS_LIKE_IT = { 'x-note': '"on_complete":' };

/** Finished transactions that are visited until somebody has been told of their end. */
export function completionCases(context: StoreContext): void {
  it('claims one that has just ended, with its status, result and time', async () => {
    const gid = await ended(context);
    const { transaction } = await context.read(gid);
    expect(transaction).toMatchObject({ status: 'succeed', leaseUntil: null, nextCronTime: transaction.finishTime });
    const [claimed] = await context.store.claim(10, LONG_LEASE);
    expect(claimed).toMatchObject({
      epoch: 2,
      snapshot: { gid, status: 'succeed', businessKey: 'Order-7 é', options: { onComplete: URL } },
      ending: { result: '', at: transaction.finishTime },
    });
    expect(await context.store.claim(10, LONG_LEASE)).toEqual([]);
    expect((await context.read(gid)).transaction).toMatchObject({
      status: 'succeed',
      finishTime: transaction.finishTime,
    });
  });

  it('renews, parks and ends its lease as that of any other', async () => {
    const gid = await ended(context);
    await context.store.claim(10, LONG_LEASE);
    expect(await context.store.renew([{ gid, epoch: 2 }], 60_000)).toEqual([]);
    expect(await context.store.renew([{ gid, epoch: 1 }], 60_000)).toEqual([gid]);
    expect(await context.store.write(parkWrite(gid, 2, -1))).toMatchObject({ result: 'applied' });
    expect((await context.read(gid)).transaction).toMatchObject({ attempts: 2, lastError: 'status 500: broken' });
    expect(await context.store.renew([{ gid, epoch: 2 }], 60_000)).toEqual([gid]);

    expect(await context.store.claim(10, LONG_LEASE)).toMatchObject([{ epoch: 3, snapshot: { attempts: 2 } }]);
    expect(await context.store.write(parkWrite(gid, 2, null))).toMatchObject({ result: 'stale' });
    expect(await context.store.write(parkWrite(gid, 3, null))).toMatchObject({ result: 'applied' });
    expect(await context.store.write(parkWrite(gid, 3, 0))).toMatchObject({ result: 'stale' });
    expect(await context.store.claim(10, LONG_LEASE)).toEqual([]);
    expect((await context.read(gid)).transaction).toMatchObject({
      status: 'succeed',
      nextCronTime: null,
      leaseUntil: null,
    });
  });

  it('lets its holder change nothing but its schedule', async () => {
    const gid = await ended(context);
    await context.store.claim(10, LONG_LEASE);
    expect(await context.store.write(outcomeWrite(gid, 2))).toMatchObject({ result: 'stale' });
    expect(await context.store.write(finishWrite(gid, 2, 'failed'))).toMatchObject({ result: 'stale' });
    const { transaction, branches } = await context.read(gid);
    expect(transaction).toMatchObject({ status: 'succeed', owner: LONG_LEASE.owner });
    expect(branches.every(({ status }) => status === 'prepared')).toBe(true);
  });

  it('claims it again when its holder is gone', async () => {
    const gid = await ended(context);
    await context.store.claim(10, ENDED_LEASE);
    expect(await context.store.claim(10, LONG_LEASE)).toMatchObject([{ epoch: 3, snapshot: { gid } }]);
  });

  it('claims one that was stopped by force, and forgets what failed before', async () => {
    const stopped = withCompletion();
    await context.store.write(stopped);
    await context.store.write(parkWrite(stopped.gid, 1));
    await context.store.write(forceStopWrite(stopped.gid));
    const silent = insertWrite(newGid(), LONG_LEASE);
    await context.store.write(silent);
    await context.store.write(forceStopWrite(silent.gid));
    const [claimed, ...others] = await context.store.claim(10, LONG_LEASE);
    expect(others).toEqual([]);
    expect(claimed).toMatchObject({ snapshot: { gid: stopped.gid, status: 'failed', attempts: 0 } });
    const { transaction } = await context.read(stopped.gid);
    expect(claimed?.ending).toEqual({ result: '', at: transaction.rollbackTime });
    expect(transaction.lastError).toBe('status 500: broken');
  });

  it('keeps it until its end was told, whatever its age, and deletes it afterwards', async () => {
    const [owing, told] = [await ended(context), await ended(context)];
    const claimed = await context.store.claim(10, LONG_LEASE);
    expect(claimed).toHaveLength(2);
    await context.store.write(parkWrite(owing, 2, 60_000));
    await context.store.write(parkWrite(told, 2, null));
    await aMoment(context);
    expect(await context.store.purge({ finishedForMs: 0, afterId: 0, limit: 10 })).toMatchObject({ deleted: 1 });
    expect(await context.store.find(told)).toBeUndefined();
    expect((await context.read(owing)).branches).toHaveLength(4);
  });

  it('leaves alone a finished one that has nothing to tell, due or not', async () => {
    const write = insertWrite(newGid(), LONG_LEASE);
    const options = { branchHeaders: LOOKS_LIKE_IT };
    await context.store.write({ ...write, transaction: { ...write.transaction, options } });
    await context.store.write(finishWrite(write.gid, 1));
    expect(await context.store.rearm(write.gid)).toBe(true);
    expect((await context.read(write.gid)).transaction.nextCronTime).not.toBeNull();
    expect(await context.store.claim(10, LONG_LEASE)).toEqual([]);
    await aMoment(context);
    expect(await context.store.purge({ finishedForMs: 0, afterId: 0, limit: 10 })).toMatchObject({ deleted: 1 });
  });

  it('claims it once more when somebody makes it due', async () => {
    const gid = await ended(context);
    await context.store.claim(10, LONG_LEASE);
    await context.store.write(parkWrite(gid, 2, null));
    await context.store.rearm(gid);
    expect(await context.store.claim(10, LONG_LEASE)).toMatchObject([{ epoch: 3, snapshot: { gid } }]);
  });
}

function withCompletion() {
  const write = insertWrite(newGid(), LONG_LEASE);
  return { ...write, transaction: { ...write.transaction, options: { onComplete: URL } } };
}

/** A transaction that has succeeded a moment ago. */
async function ended({ store }: StoreContext): Promise<string> {
  const write = withCompletion();
  await store.write(write);
  const finish = finishWrite(write.gid, 1);
  await store.write({ ...finish, park: { ...finish.park!, dueInMs: 0 } });
  return write.gid;
}

/** Waits until the store's clock has moved on: only what ended before now is old. */
async function aMoment({ store }: StoreContext): Promise<void> {
  const start = await store.ping();
  while ((await store.ping()) <= start) await new Promise((resolve) => setTimeout(resolve, 1));
}
