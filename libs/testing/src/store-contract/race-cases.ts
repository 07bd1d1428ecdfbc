import type { WriteResult } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import type { StoreContext } from './context';
import {
  ENDED_LEASE,
  finishWrite,
  forceStopWrite,
  insertWrite,
  LONG_LEASE,
  outcomeWrite,
  registerWrite,
  submitWrite,
} from './writes';

/** Rounds of each race, half of them started in the one order and half in the other. */
const ROUNDS = 20;

/**
 * Two parties at one row at the same time. Whoever is first wins; what counts is that both learn the truth and that the rows
 * agree with it.
 */
export function raceCases(context: StoreContext): void {
  it('registerBranch ‖ submit: a branch that was accepted is part of what the submit hands over', async () => {
    await eachOrder(async (order) => {
      const { gid } = await inserted(context);
      const [registered, submitted] = await both(
        order,
        () => context.store.write(registerWrite(gid)),
        () => context.store.write(submitWrite(gid)),
      );
      const leased = submitted.result === 'applied' ? submitted.leased : undefined;
      expect(submitted.result).toBe('applied');
      expect(leased?.snapshot.branches).toHaveLength(registered.result === 'applied' ? 6 : 4);
      expect((await context.read(gid)).branches).toHaveLength(registered.result === 'applied' ? 6 : 4);
    });
  });

  it('stale outcome ‖ claim: the old holder writes before the claim or not at all', async () => {
    await eachOrder(async (order) => {
      const { gid } = await inserted(context, ENDED_LEASE);
      const [outcome, atOnce] = await both(
        order,
        () => context.store.write(outcomeWrite(gid, 1)),
        () => context.store.claim(1, LONG_LEASE),
      );
      // What is being written at that moment is stepped over, and found by the next scan.
      const claimed = atOnce.length > 0 ? atOnce : await context.store.claim(1, LONG_LEASE);
      expect(claimed.map(({ snapshot, epoch }) => [snapshot.gid, epoch])).toEqual([[gid, 2]]);
      const expected = outcome.result === 'applied' ? 'succeed' : 'prepared';
      expect(claimed[0]!.snapshot.branches[1]!.status).toBe(expected);
      expect((await context.read(gid)).branches[1]!.status).toBe(expected);
    });
  });

  it('forceStop ‖ outcome: a stopped transaction never becomes anything else', async () => {
    await eachOrder(async (order) => {
      const { gid } = await inserted(context, LONG_LEASE);
      const [stopped, finished] = await both(
        order,
        () => context.store.write(forceStopWrite(gid)),
        () => context.store.write(finishWrite(gid, 1, 'succeed')),
      );
      const results: [WriteResult['result'], WriteResult['result']] = [stopped.result, finished.result];
      expect([
        ['applied', 'stale'],
        ['stale', 'applied'],
      ]).toContainEqual(results);
      expect((await context.read(gid)).transaction.status).toBe(stopped.result === 'applied' ? 'failed' : 'succeed');
    });
  });

  it('two submits of one gid: one stores it, the other learns what is stored', async () => {
    await eachOrder(async () => {
      const gid = newGid();
      const results = await Promise.all([
        context.store.write(insertWrite(gid, LONG_LEASE)),
        context.store.write(insertWrite(gid, { ...LONG_LEASE, owner: 'somebody else' })),
      ]);
      expect(results.map(({ result }) => result).sort()).toEqual(['applied', 'duplicate']);
      expect((await context.read(gid)).branches).toHaveLength(4);
    });
  });

  it('two submits of one prepared gid: one takes the lease', async () => {
    await eachOrder(async () => {
      const { gid } = await inserted(context);
      const results = await Promise.all([context.store.write(submitWrite(gid)), context.store.write(submitWrite(gid))]);
      expect(results.map(({ result }) => result).sort()).toEqual(['applied', 'stale']);
      expect((await context.read(gid)).transaction.epoch).toBe(2);
    });
  });

  it('two claims at once: nothing is handed out twice', async () => {
    const gids = new Set<string>();
    for (let count = 0; count < ROUNDS; count += 1) gids.add((await inserted(context, ENDED_LEASE)).gid);
    const claims = await Promise.all([1, 2, 3, 4].map(() => context.store.claim(ROUNDS / 4, LONG_LEASE)));
    const handedOut = claims.flat().map(({ snapshot }) => snapshot.gid);
    expect(handedOut).toHaveLength(ROUNDS);
    expect(new Set(handedOut)).toEqual(gids);
  });

  it('answers a crowd of writes to different gids, each with its own result', async () => {
    const writes = Array.from({ length: 600 }, () => insertWrite(newGid(), LONG_LEASE));
    const stored = await Promise.all(writes.map((write) => context.store.write(write)));
    expect(stored.every(({ result }) => result === 'applied')).toBe(true);
    const outcomes = await Promise.all(
      writes.map(({ gid }, index) => context.store.write(outcomeWrite(gid, index % 2 === 0 ? 1 : 7))),
    );
    expect(outcomes.map(({ result }) => result)).toEqual(
      writes.map((_, index) => (index % 2 === 0 ? 'applied' : 'stale')),
    );
  });

  it('keeps the order of writes to one gid', async () => {
    const { gid } = await inserted(context, LONG_LEASE);
    const results = await Promise.all([
      context.store.write(outcomeWrite(gid, 1)),
      context.store.write(finishWrite(gid, 1)),
      context.store.write(outcomeWrite(gid, 1)),
    ]);
    expect(results.map(({ result }) => result)).toEqual(['applied', 'applied', 'stale']);
  });
}

async function eachOrder(round: (order: number) => Promise<void>): Promise<void> {
  for (let order = 0; order < ROUNDS; order += 1) await round(order);
}

/** Starts both in the same turn, the second one first in every other round. */
async function both<A, B>(order: number, first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
  if (order % 2 === 0) return Promise.all([first(), second()]);
  const [b, a] = await Promise.all([second(), first()]);
  return [a, b];
}

async function inserted(context: StoreContext, lease?: typeof LONG_LEASE): Promise<{ gid: string }> {
  const write = insertWrite(newGid(), lease);
  await context.store.write(write);
  return write;
}
