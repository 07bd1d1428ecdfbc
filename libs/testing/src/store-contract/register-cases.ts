import type { ChangeWrite } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import { insertWrite, LONG_LEASE, registerWrite, submitWrite } from './writes';

/** Branches that are registered one by one, and what a client's change brings along (spec 2.6–2.8). */
export function registerCases(context: StoreContext): void {
  it('refuses a branch of another type than the transaction', async () => {
    const { gid } = await prepared(context);
    const other = { ...registerWrite(gid), transType: 'xa' } as const;
    expect(await context.store.write(other)).toMatchObject({ result: 'stale', stored: { transType: 'saga' } });
    expect((await context.read(gid)).branches).toHaveLength(4);
  });

  it('takes a transaction from the runner that has loaded it without the new branch', async () => {
    const { gid, epoch } = await claimed(context);
    expect(await context.store.write(registerWrite(gid))).toMatchObject({ result: 'applied', epoch: epoch + 1 });
    const decided = { kind: 'advance', gid, epoch, branches: [], status: 'aborting' } as const;
    expect(await context.store.write(decided)).toMatchObject({ result: 'stale' });
    const again = await context.store.claim(1, LONG_LEASE);
    expect(again.map(({ snapshot }) => [snapshot.gid, snapshot.branches.length])).toEqual([[gid, 6]]);
  });

  it('gives way to the runner when it wants to', async () => {
    const { gid, epoch } = await claimed(context);
    expect(await context.store.write({ ...registerWrite(gid), unheldOnly: true })).toEqual({ result: 'held' });
    const parked = { dueInMs: 60_000, intervalMs: 10_000, attempts: 0, lastError: '' };
    await context.store.write({ kind: 'advance', gid, epoch, branches: [], park: parked });
    expect(await context.store.write({ ...registerWrite(gid), unheldOnly: true })).toMatchObject({ result: 'applied' });
    expect((await context.read(gid)).branches).toHaveLength(6);
  });

  it('leaves it to the runner when the new branch decides nothing', async () => {
    const { gid, epoch } = await claimed(context);
    const progress = { ...registerWrite(gid), interrupts: false };
    expect(await context.store.write(progress)).toMatchObject({ result: 'applied', epoch });
    const parked = { dueInMs: 60_000, intervalMs: 10_000, attempts: 0, lastError: '' };
    const park = { kind: 'advance', gid, epoch, branches: [], park: parked } as const;
    expect(await context.store.write(park)).toMatchObject({ result: 'applied' });
  });

  it('stores the result of a workflow with its final status', async () => {
    const { gid } = await prepared(context);
    const patch = { result: 'cmVzdWx0', rollbackReason: 'no stock' };
    await context.store.write({ ...change(gid, 'failed'), patch });
    const { transaction } = await context.read(gid);
    expect(transaction).toMatchObject({ status: 'failed', ...patch, nextCronTime: null });
  });

  it('keeps a result when it is not written again', async () => {
    const { gid } = await prepared(context);
    await context.store.write({ ...change(gid, 'submitted'), patch: { result: 'cmVzdWx0' } });
    await context.store.write({ ...change(gid, 'failed'), from: 'submitted' });
    expect((await context.read(gid)).transaction).toMatchObject({ status: 'failed', result: 'cmVzdWx0' });
  });

  it('puts the first visit of a delayed transaction off', async () => {
    const { gid } = await prepared(context);
    const result = await context.store.write({ ...change(gid, 'submitted'), visitAfterMs: 5000 });
    const { transaction } = await context.read(gid);
    expect(transaction).toMatchObject({ status: 'submitted', leaseUntil: null });
    expect(result.result === 'applied' && transaction.nextCronTime! - result.now).toBe(5000);
    expect(await context.store.claim(1, LONG_LEASE)).toEqual([]);
  });

  it('hands over all branches that were registered before the submit', async () => {
    const { gid } = await prepared(context);
    for (const branchId of ['03', '04']) await context.store.write(registerWrite(gid, branchId));
    const submitted = await context.store.write(submitWrite(gid));
    const leased = submitted.result === 'applied' ? submitted.leased : undefined;
    expect(leased?.snapshot.branches.map(({ branchId, op }) => `${branchId} ${op}`).slice(4)).toEqual([
      '03 cancel',
      '03 confirm',
      '04 cancel',
      '04 confirm',
    ]);
  });
}

async function prepared(context: StoreContext): Promise<{ gid: string }> {
  const write = insertWrite(newGid());
  await context.store.write(write);
  return write;
}

/** A prepared transaction that is due and in the hands of a runner. */
async function claimed(context: StoreContext): Promise<{ gid: string; epoch: number }> {
  const write = insertWrite(newGid());
  await context.store.write({ ...write, transaction: { ...write.transaction, firstVisitAfterMs: 0 } });
  const [leased] = await context.store.claim(1, LONG_LEASE);
  return { gid: write.gid, epoch: leased!.epoch };
}

function change(gid: string, to: ChangeWrite['to']): ChangeWrite {
  return { kind: 'change', gid, from: 'prepared', to, patch: {}, unheldOnly: false };
}
