import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import {
  ENDED_LEASE,
  finishWrite,
  forceStopWrite,
  insertWrite,
  LONG_LEASE,
  outcomeWrite,
  parkWrite,
  registerWrite,
  submitWrite,
} from './writes';

/** Each write on its own: effect, condition, result. */
export function writeCases(context: StoreContext): void {
  it('stores a transaction with its branches in registration order', async () => {
    const write = insertWrite();
    const result = await context.store.write(write);
    expect(result).toMatchObject({ result: 'applied', epoch: 1 });
    const { transaction, branches } = await context.read(write.gid);
    expect(transaction).toMatchObject({
      status: 'prepared',
      transType: 'saga',
      protocol: 'http',
      customData: '{"concurrent":true}',
      businessKey: 'Order-7 é',
      branchCount: 4,
      nextCronInterval: 10,
      nextCronTime: null,
      leaseUntil: null,
    });
    expect(JSON.parse(transaction.options)).toEqual({
      wait_result: true,
      retry_limit: 3,
      branch_headers: { 'x-tenant': 'acme' },
      concurrent: false,
    });
    expect(branches.map(({ branchId, op }) => `${branchId} ${op}`)).toEqual([
      '01 compensate',
      '01 action',
      '02 compensate',
      '02 action',
    ]);
    expect(Buffer.from(branches[0]!.payload).toString()).toBe('{"amount":30}');
  });

  it('keeps payload bytes that are no text', async () => {
    const write = insertWrite();
    const payload = Uint8Array.from([0, 255, 128, 10, 0]);
    const branches = write.transaction.branches.map((branch) => ({ ...branch, payload }));
    await context.store.write({ ...write, transaction: { ...write.transaction, branches } });
    const { branches: stored } = await context.read(write.gid);
    expect(stored.map((branch) => [...branch.payload])).toEqual(branches.map(() => [...payload]));
  });

  it('stores a transaction of a hundred steps', async () => {
    const write = insertWrite();
    const [first] = write.transaction.branches;
    const branches = Array.from({ length: 100 }, (_, index) => ({ ...first!, branchId: String(index) }));
    await context.store.write({ ...write, transaction: { ...write.transaction, branches } });
    const stored = await context.read(write.gid);
    expect(stored.branches.map(({ branchId }) => branchId)).toEqual(branches.map(({ branchId }) => branchId));
  });

  it('is due at the end of the lease that a transaction was inserted with', async () => {
    const write = insertWrite(newGid(), LONG_LEASE);
    const result = await context.store.write(write);
    const { transaction } = await context.read(write.gid);
    expect(transaction.owner).toBe(LONG_LEASE.owner);
    expect(transaction.leaseUntil).toBe(transaction.nextCronTime);
    expect(result.result === 'applied' && transaction.leaseUntil! - result.now).toBe(LONG_LEASE.durationMs);
  });

  it('refuses a gid that exists, tells what is stored and changes nothing', async () => {
    const write = insertWrite();
    await context.store.write(write);
    const again = insertWrite(write.gid, LONG_LEASE);
    const stored = { transType: 'saga', status: 'prepared', branchCount: 4 };
    expect(await context.store.write(again)).toEqual({ result: 'duplicate', stored });
    const { transaction, branches } = await context.read(write.gid);
    expect([transaction.status, branches.length]).toEqual(['prepared', 4]);
  });

  it('hands over the whole transaction when a change takes the lease', async () => {
    const { gid } = await inserted(context);
    const patch = { options: { requestTimeout: 7 }, customData: '{"concurrent":false}' };
    const result = await context.store.write({ ...submitWrite(gid), patch });
    expect(result).toMatchObject({ result: 'applied', epoch: 2 });
    const leased = result.result === 'applied' ? result.leased : undefined;
    expect(leased).toMatchObject({
      epoch: 2,
      snapshot: {
        gid,
        status: 'submitted',
        options: { requestTimeout: 7 },
        customData: '{"concurrent":false}',
        businessKey: 'Order-7 é',
      },
    });
    expect(leased?.snapshot.branches.map(({ op }) => op)).toEqual(['compensate', 'action', 'compensate', 'action']);
  });

  it('refuses a change from a status that is no longer there', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    const stored = { transType: 'saga', status: 'submitted', branchCount: 4 };
    expect(await context.store.write(submitWrite(gid))).toEqual({ result: 'stale', stored });
    expect(await context.store.write(submitWrite(newGid()))).toEqual({ result: 'stale' });
  });

  it('refuses a change that is meant for another type of transaction', async () => {
    const { gid } = await inserted(context);
    const stored = { transType: 'saga', status: 'prepared', branchCount: 4 };
    expect(await context.store.write({ ...submitWrite(gid), transType: 'tcc' })).toEqual({ result: 'stale', stored });
    expect((await context.read(gid)).transaction.status).toBe('prepared');
    expect(await context.store.write({ ...submitWrite(gid), transType: 'saga' })).toMatchObject({ result: 'applied' });
  });

  it('does not take a held transaction away when told not to', async () => {
    const again = { ...submitWrite('', LONG_LEASE), from: 'submitted', unheldOnly: true } as const;
    const held = await inserted(context, LONG_LEASE);
    expect(await context.store.write({ ...again, gid: held.gid })).toEqual({ result: 'held' });
    const unheld = await inserted(context, ENDED_LEASE);
    expect(await context.store.write({ ...again, gid: unheld.gid })).toMatchObject({ result: 'applied', epoch: 2 });
  });

  it('records an outcome under the epoch of the lease', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    expect(await context.store.write(outcomeWrite(gid, 1))).toMatchObject({ result: 'applied', epoch: 1 });
    const { branches, transaction } = await context.read(gid);
    expect(branches.map(({ status }) => status)).toEqual(['prepared', 'succeed', 'prepared', 'prepared']);
    expect(branches[1]!.finishTime).not.toBeNull();
    expect(transaction.owner).toBe(LONG_LEASE.owner);
  });

  it('refuses an outcome under another epoch, for an unknown gid, and after the end', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    expect(await context.store.write(outcomeWrite(gid, 0))).toMatchObject({ result: 'stale' });
    expect(await context.store.write(outcomeWrite(gid, 2))).toMatchObject({ result: 'stale' });
    expect(await context.store.write(outcomeWrite(newGid(), 1))).toEqual({ result: 'stale' });
    await context.store.write(finishWrite(gid, 1));
    expect(await context.store.write(outcomeWrite(gid, 1))).toMatchObject({ result: 'stale' });
    const { branches } = await context.read(gid);
    expect(branches.every(({ status }) => status === 'prepared')).toBe(true);
  });

  it('records outcome, status and end of the lease in one write', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    await context.store.write({ ...finishWrite(gid, 1), branches: outcomeWrite(gid, 1).branches });
    const { branches, transaction } = await context.read(gid);
    expect(branches[1]!.status).toBe('succeed');
    expect(transaction).toMatchObject({ status: 'succeed', owner: '', leaseUntil: null, nextCronTime: null });
    expect(transaction.finishTime).not.toBeNull();
    expect(transaction.rollbackTime).toBeNull();
  });

  it('gives the lease back with the next due time, attempts and error', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    const result = await context.store.write(parkWrite(gid, 1, 5000));
    const { transaction } = await context.read(gid);
    expect(transaction).toMatchObject({
      owner: '',
      leaseUntil: null,
      nextCronInterval: 20,
      attempts: 2,
      lastError: 'status 500: broken',
    });
    expect(result.result === 'applied' && transaction.nextCronTime! - result.now).toBe(5000);
  });

  it('cuts a reason that is too long instead of refusing the status change', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    const rollbackReason = `\0${'x'.repeat(100_000)}`;
    await context.store.write({ ...parkWrite(gid, 1), status: 'aborting', rollbackReason });
    const { transaction } = await context.read(gid);
    expect(transaction.status).toBe('aborting');
    expect(transaction.rollbackReason).toMatch(/^\uFFFDx{1000,}$/u);
  });

  it('takes a transaction from its holder when it is stopped', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    expect(await context.store.write(forceStopWrite(gid))).toMatchObject({ result: 'applied', epoch: 2 });
    expect(await context.store.write(outcomeWrite(gid, 1))).toMatchObject({ result: 'stale' });
    const { transaction } = await context.read(gid);
    expect(transaction).toMatchObject({ status: 'failed', leaseUntil: null, nextCronTime: null });
    expect(transaction.rollbackTime).not.toBeNull();
  });

  it('registers branches while the transaction is prepared, each only once', async () => {
    const { gid } = await inserted(context);
    expect(await context.store.write(registerWrite(gid))).toMatchObject({ result: 'applied' });
    expect(await context.store.write(registerWrite(gid))).toMatchObject({ result: 'duplicate' });
    const { branches, transaction } = await context.read(gid);
    expect(branches.map(({ op }) => op).slice(-2)).toEqual(['cancel', 'confirm']);
    expect([branches.length, transaction.branchCount]).toEqual([6, 6]);
    await context.store.write(submitWrite(gid));
    expect(await context.store.write(registerWrite(gid, '04'))).toMatchObject({ result: 'stale' });
    expect(await context.store.write(registerWrite(newGid()))).toEqual({ result: 'stale' });
  });

  it('fails one poisoned write alone', async () => {
    const good = [insertWrite(), insertWrite()];
    const [first] = good[0]!.transaction.branches;
    const poisoned = insertWrite();
    const twice = { ...poisoned, transaction: { ...poisoned.transaction, branches: [first!, first!] } };
    const results = await Promise.allSettled([good[0]!, twice, good[1]!].map((write) => context.store.write(write)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await context.store.find(poisoned.gid)).toBeUndefined();
    expect((await context.read(good[1]!.gid)).branches).toHaveLength(4);
  });
}

/** A stored saga: prepared, or submitted under the lease with epoch 1. */
async function inserted(context: StoreContext, lease?: typeof LONG_LEASE): Promise<{ gid: string }> {
  const write = insertWrite(newGid(), lease);
  await context.store.write(write);
  return write;
}
