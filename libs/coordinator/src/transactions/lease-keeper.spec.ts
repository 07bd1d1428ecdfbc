import { newGid } from '@nestjs-dtx/protocol';
import { Gate, ManualClock } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { insertWrite } from '../stores/insert-write.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';
import { Lease } from './lease';
import { LeaseKeeper } from './lease-keeper';

const DURATION = 9000;

describe('the keeper of leases', () => {
  let clock: ManualClock;
  let store: StoreProbe;
  let keeper: LeaseKeeper;
  let log: CapturedLog;

  beforeEach(() => {
    log = CapturedLog.start();
    clock = new ManualClock();
    store = new StoreProbe(new MemoryStore(() => clock.now()));
    keeper = new LeaseKeeper(store, clock, DURATION);
  });

  afterEach(() => log.restore());

  /** A transaction that is stored under a lease, which the keeper holds. */
  async function held(): Promise<Lease> {
    const gid = newGid();
    await store.write(insertWrite(gid, { lease: { owner: 'here/1', durationMs: DURATION } }));
    const lease = new Lease(gid, 1, DURATION, clock.monotonicMs());
    keeper.hold(lease);
    return lease;
  }

  const leaseUntil = async (lease: Lease) => (await store.find(lease.gid))?.transaction.leaseUntil;

  test('believes in a lease until its duration has passed since before it was asked for', async () => {
    const lease = await held();
    clock.advance(DURATION - 1);
    expect(lease.isValid(clock)).toBe(true);
    clock.advance(1);
    expect(lease.isValid(clock)).toBe(false);
  });

  test('renews all in one go, counted from before the renewal was sent', async () => {
    const leases = [await held(), await held()];
    clock.advance(3000);
    store.before = () => clock.advance(2000);
    await keeper.renewAll();
    expect(store.operations.filter((operation) => operation === 'renew')).toHaveLength(1);
    expect(await leaseUntil(leases[0]!)).toBe(clock.now() - 2000 + DURATION);
    for (const lease of leases) {
      expect(lease.isValid(clock)).toBe(true);
    }
    // Sent at 3000, answered at 5000 and later: the store may have counted from 3000 on.
    store.before = () => {};
    clock.advance(3000 + DURATION - clock.monotonicMs());
    expect(leases[0]!.isValid(clock)).toBe(false);
  });

  test('revokes what the store no longer knows as ours, and only that', async () => {
    const [lost, kept] = [await held(), await held()];
    await store.write({ kind: 'change', gid: lost.gid, from: 'submitted', to: 'failed', patch: {}, unheldOnly: false });
    await keeper.renewAll();
    expect([lost.isValid(clock), kept.isValid(clock)]).toEqual([false, true]);
  });

  test('neither renews nor revokes what was let go meanwhile', async () => {
    const lease = await held();
    const gate = new Gate();
    store.before = () => gate.pass();
    const renewal = keeper.renewAll();
    keeper.letGo(lease);
    clock.advance(DURATION);
    gate.open();
    await renewal;
    expect(lease.isValid(clock)).toBe(false);
    await keeper.renewAll();
    expect(store.operations.filter((operation) => operation === 'renew')).toHaveLength(1);
  });

  test('does not ask twice at a time, nor when it holds nothing', async () => {
    await keeper.renewAll();
    const gate = new Gate();
    await held();
    store.before = () => gate.pass();
    const renewals = [keeper.renewAll(), keeper.renewAll()];
    gate.open();
    await Promise.all(renewals);
    expect(store.operations.filter((operation) => operation === 'renew')).toHaveLength(1);
  });

  test('lets leases age while the store fails, says so once, and once when it is over', async () => {
    const lease = await held();
    store.before = () => {
      throw new Error('gone');
    };
    for (let third = 0; third < 3; third += 1) {
      clock.advance(DURATION / 3);
      await keeper.renewAll();
    }
    expect(lease.isValid(clock)).toBe(false);
    store.before = () => {};
    await keeper.renewAll();
    await keeper.renewAll();
    expect(lease.isValid(clock)).toBe(true);
    expect(log.lines).toEqual(['error leases cannot be renewed: Error: gone', 'info leases are renewed again']);
  });
});
