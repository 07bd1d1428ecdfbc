import type { ServiceAnnouncement } from '@nestjs-dtx/protocol';
import { Gate, ManualClock } from '@nestjs-dtx/testing';
import { CapturedLog } from '../captured-log.spec-helper';
import { MemoryStore } from '../stores/memory/memory-store';
import { StoreProbe } from '../stores/store-probe.spec-helper';
import { ServiceRegistry } from './service-registry';

const TTL = 30;
const HANDLERS = {
  withdraw: { action: '/withdraw', compensate: '/withdraw/undo' },
  note: { action: '/note', compensate: null },
};

describe('the registry of services', () => {
  let clock: ManualClock;
  let store: StoreProbe;
  let registry: ServiceRegistry;
  let other: ServiceRegistry;
  let log: CapturedLog;

  beforeEach(() => {
    log = CapturedLog.start();
    clock = new ManualClock();
    store = new StoreProbe(new MemoryStore(() => clock.now()));
    registry = new ServiceRegistry(store, clock);
    other = new ServiceRegistry(store, clock);
  });

  afterEach(() => log.restore());

  function announce(instance: string, more: Partial<ServiceAnnouncement> = {}, at = registry): Promise<void> {
    const url = `http://${instance}:8080`;
    return at.announce({ service: 'bank', instance, url, handlers: HANDLERS, ttl: TTL, ...more });
  }

  const resolve = (step: string, op = 'action', at = registry) => at.resolve(`svc://${step}`, op);
  const withdraw = (at = registry) => resolve('bank/withdraw', 'action', at);
  const liveNow = (at = registry): string[] =>
    at
      .list()
      .filter(({ live }) => live)
      .map(({ instance }) => instance);

  test('leads a step to the path of its op below the URL of the instance', async () => {
    await announce('one', { url: 'http://one:8080/prefix' });
    expect(await withdraw()).toEqual({ kind: 'url', url: 'http://one:8080/prefix/withdraw' });
    expect(await resolve('bank/withdraw', 'compensate')).toMatchObject({ url: 'http://one:8080/prefix/withdraw/undo' });
  });

  test('knows ops that need no call', async () => {
    await announce('one');
    expect(await resolve('bank/note', 'compensate')).toEqual({ kind: 'nothing-to-do' });
  });

  test('takes turns among the live instances of a service, whatever other services are called between', async () => {
    await announce('one');
    await announce('two');
    await announce('shop-one', { service: 'shop' });
    await announce('shop-two', { service: 'shop' });
    const urls: string[] = [];
    for (let call = 0; call < 4; call += 1) {
      for (const step of ['bank/withdraw', 'shop/withdraw']) {
        const resolved = await resolve(step);
        urls.push(resolved.kind === 'url' ? resolved.url : resolved.kind);
      }
    }
    const hosts = urls.map((url) => new URL(url).hostname);
    expect(hosts).toEqual(['one', 'shop-one', 'two', 'shop-two', 'one', 'shop-one', 'two', 'shop-two']);
  });

  test('takes an instance for dead after its time without a heartbeat, and for alive with the next', async () => {
    await announce('one');
    clock.advance(TTL * 1000 - 1);
    expect(liveNow()).toEqual(['one']);
    clock.advance(1);
    expect(liveNow()).toEqual([]);
    expect(await withdraw()).toEqual({ kind: 'unresolved', reason: 'service bank has no live instance' });
    await announce('one');
    expect(await withdraw()).toMatchObject({ kind: 'url' });
  });

  test('is not fooled by its own refresh: reading a row again is no heartbeat', async () => {
    await announce('one');
    await registry.refresh();
    clock.advance(TTL * 1000 - 1);
    await registry.refresh();
    clock.advance(1);
    await registry.refresh();
    expect(liveNow()).toEqual([]);
  });

  test('sees what was announced at another coordinator, heartbeats included', async () => {
    await announce('one', {}, other);
    await registry.refresh();
    expect(liveNow()).toEqual(['one']);
    clock.advance(20_000);
    await announce('one', {}, other);
    await registry.refresh();
    clock.advance(20_000);
    expect(liveNow()).toEqual(['one']);
  });

  test('looks into the store for a service that it does not know, but not for every call', async () => {
    await registry.refresh();
    clock.advance(1000);
    await announce('one', {}, other);
    expect(await withdraw()).toMatchObject({ kind: 'url' });
    const before = store.operations.length;
    for (let call = 0; call < 10; call += 1) await resolve('shop/order');
    expect(store.operations).toHaveLength(before);
  });

  test('lets calls that miss at the same time share one look', async () => {
    await announce('one', {}, other);
    const gate = new Gate();
    store.before = () => gate.pass();
    const resolutions = [withdraw(), withdraw(), withdraw()];
    gate.open();
    expect((await Promise.all(resolutions)).map(({ kind }) => kind)).toEqual(['url', 'url', 'url']);
    expect(store.operations.filter((operation) => operation === 'kvScan')).toHaveLength(1);
  });

  test('goes on after a restart without waiting for a heartbeat', async () => {
    await announce('one');
    clock.advance(TTL * 1000 - 1);
    const restarted = new ServiceRegistry(store, clock);
    await restarted.refresh();
    expect(await withdraw(restarted)).toMatchObject({ kind: 'url', url: 'http://one:8080/withdraw' });
  });

  test('takes the newest announcement of an instance', async () => {
    await announce('one', {}, other);
    await registry.refresh();
    await announce('one', { url: 'http://moved:1' }, other);
    await registry.refresh();
    expect(await withdraw()).toMatchObject({ url: 'http://moved:1/withdraw' });
    expect(registry.list()).toHaveLength(1);
  });

  test('forgets an instance that is withdrawn, here at once and elsewhere with the next refresh', async () => {
    await announce('one');
    await other.refresh();
    expect(await registry.withdraw('bank', 'one')).toBe(true);
    expect(registry.list()).toEqual([]);
    await other.refresh();
    expect(other.list()).toEqual([]);
    expect(await registry.withdraw('bank', 'one')).toBe(false);
  });

  test('keeps an instance that was announced while a refresh was reading', async () => {
    const gate = new Gate();
    store.after = (operation) => (operation === 'kvScan' ? gate.pass() : undefined);
    const refresh = registry.refresh();
    await announce('one');
    gate.open();
    await refresh;
    expect(liveNow()).toEqual(['one']);
    await registry.refresh();
    expect(liveNow()).toEqual(['one']);
  });

  test('deletes what has been silent for long', async () => {
    await announce('one');
    await announce('two', { ttl: 3600 });
    clock.advance(20 * TTL * 1000 + TTL * 1000);
    await registry.refresh();
    expect(registry.list().map(({ instance }) => instance)).toEqual(['two']);
    expect(await store.kvScan('services')).toHaveLength(1);
  });

  test('says once that a service has come, and nothing at its heartbeats', async () => {
    await announce('one');
    await announce('one');
    expect(log.lines).toEqual(['info service bank at http://one:8080 registered']);
  });

  test.each(['svc://bank', 'svc://bank/a/b', 'svc:///withdraw', 'svc://bank/..'])(
    'does not resolve %s',
    async (url) => {
      await announce('one');
      expect(await registry.resolve(url, 'action')).toEqual({
        kind: 'unresolved',
        reason: `${url} is not of the form svc://service/handler`,
      });
    },
  );

  test('knows nothing of an announcement that was not stored', async () => {
    store.before = () => {
      throw new Error('gone');
    };
    await expect(announce('one')).rejects.toThrow('gone');
    store.before = () => {};
    expect(registry.list()).toEqual([]);
  });
});
