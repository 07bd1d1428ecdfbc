import { newGid, type TransType } from '@nestjs-dtx/protocol';
import { ANSWERS, Gate, ScriptedService, until } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { CoordinatorRig } from '../coordinator-rig.spec-helper';
import { ENDED_LEASE, insertWrite } from '../stores/insert-write.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';

describe('recovery', () => {
  let service: ScriptedService;
  let log: CapturedLog;
  let store: StoreProbe;
  let rig: CoordinatorRig;

  beforeEach(async () => {
    log = CapturedLog.start();
    service = await ScriptedService.start();
    store = new StoreProbe(new MemoryStore());
    rig = CoordinatorRig.create({ store, settings: { maxInFlight: 5, claimBatch: 2 } });
  });

  afterEach(async () => {
    await Promise.all([rig.close(), service.stop()]);
    log.restore();
  });

  /** Sagas that a dead coordinator left behind, due now. */
  async function left(count: number): Promise<string[]> {
    const gids = Array.from({ length: count }, () => newGid());
    for (const gid of gids) await store.write(insertWrite(gid, { lease: ENDED_LEASE, url: service.url }));
    return gids;
  }

  const claims = (): number => store.operations.filter((operation) => operation === 'claim').length;

  test('runs everything that is due, in batches', async () => {
    const gids = await left(4);
    expect(await rig.scan()).toBe(4);
    await rig.idle();
    for (const gid of gids) expect(await rig.state(gid)).toBe('succeed P S');
    expect(claims()).toBe(3);
  });

  test('claims no more than there are free places, the reserved ones included, and goes on as they become free', async () => {
    const gids = await left(12);
    const gate = new Gate();
    service.script = async () => {
      await gate.pass();
      return ANSWERS.success;
    };
    expect(await rig.scan()).toBe(5);
    expect(await rig.scan()).toBe(0);
    expect(claims()).toBe(3);
    gate.open();
    for (const gid of gids) await until(async () => (await rig.state(gid)) === 'succeed P S');
  });

  test('gives back the places that it did not need', async () => {
    expect(await rig.scan()).toBe(0);
    expect(rig.parts.admission.size).toBe(0);
  });

  test('does not overlap, and looks once more when it was asked during a scan', async () => {
    const gate = new Gate();
    let claimed = false;
    store.after = (operation) => {
      if (operation !== 'claim') return undefined;
      claimed = true;
      return gate.pass();
    };
    const first = rig.scan();
    await until(() => claimed);
    // Due since the claim was made: without a second look it would wait for the next scan.
    const pending = await left(1);
    const joined = [rig.scan(), rig.scan()];
    gate.open();
    await Promise.all([first, ...joined]);
    expect(claims()).toBe(3);
    await rig.idle();
    expect(await rig.state(pending[0]!)).toBe('succeed P S');
  });

  test('goes on after the store has failed, with one line per change', async () => {
    const gids = await left(1);
    store.before = (operation) => {
      if (operation === 'claim') throw new Error('gone');
    };
    expect(await rig.scan()).toBe(0);
    expect(await rig.scan()).toBe(0);
    expect(rig.parts.admission.size).toBe(0);
    store.before = () => {};
    expect(await rig.scan()).toBe(1);
    await rig.scan();
    await rig.idle();
    expect(await rig.state(gids[0]!)).toBe('succeed P S');
    expect(log.lines).toEqual([
      'error the scan for due transactions failed: Error: gone',
      'info scans for due transactions work again',
    ]);
  });

  test('that is stopped during a scan finishes the claim, starts what it got, and claims no more', async () => {
    await left(4);
    const gate = new Gate();
    store.before = (operation) => (operation === 'claim' ? gate.pass() : undefined);
    const scan = rig.scan();
    await until(() => claims() === 1);
    const stopped = rig.parts.recovery.stop();
    gate.open();
    await stopped;
    expect(await scan).toBe(2);
    expect(claims()).toBe(1);
    expect(await rig.scan()).toBe(0);
    await rig.idle();
    expect(service.calls).toHaveLength(2);
  });

  test('leaves alone what this version cannot run, says so, and runs the rest', async () => {
    const [foreign, own] = [newGid(), ...(await left(1))];
    await store.write(insertWrite(foreign, { transType: 'later' as TransType, lease: ENDED_LEASE }));
    expect(await rig.scan()).toBe(2);
    await rig.idle();
    expect(await rig.state(own!)).toBe('succeed P S');
    expect(await rig.state(foreign)).toBe('submitted P P');
    const problem = 'this transaction cannot be run: this version has no mode later';
    expect(log.of('error')).toEqual([`error gid=${foreign} ${problem}`]);
    const { transaction } = await rig.read(foreign);
    expect(transaction).toMatchObject({ lastError: problem, leaseUntil: null });
    expect(transaction.nextCronTime! - transaction.updateTime).toBeGreaterThan(600_000);
    expect(rig.parts.admission.size).toBe(0);
  });

  test('sets aside what makes no sense, says so once, and runs the rest', async () => {
    const [damaged, sound] = [newGid(), ...(await left(1))];
    const write = insertWrite(damaged, { lease: ENDED_LEASE });
    await store.write({ ...write, transaction: { ...write.transaction, customData: '{"orders":7}' } });
    expect(await rig.scan()).toBe(2);
    await rig.idle();
    expect(await rig.state(sound!)).toBe('succeed P S');
    expect(await rig.state(damaged)).toBe('submitted P P');
    expect(log.of('error')).toEqual([expect.stringMatching(`^error gid=${damaged} this transaction cannot be run: `)]);
    expect(await rig.scan()).toBe(0);
  });
});
