import { Cleanup } from '../support/cleanup';
import { FixtureService } from '../support/fixture/fixture-service';
import { missingServer } from '../support/servers';
import { until } from '../support/until';
import { describeUnlessMissing } from '../support/describe-unless-missing.spec-helper';
import { PATTERNS } from './consumer/patterns';
import { WIRES, type Wire, type WireName } from './wire';
import { World } from './world';

const TRANSFER = ['out -30', 'in 30'];

/** Declares the tests of a transport. One whose broker is missing is skipped, and fails where nobody would read that. */
export function describeTransport(name: WireName): void {
  const wire = WIRES[name];
  describeUnlessMissing(`branches behind ${name}`, wire.missing, () => branchesBehind(wire));
}

function branchesBehind(wire: Wire): void {
  const cleanup = new Cleanup();
  let world: World;

  beforeAll(async () => {
    // One of them shows that the barrier holds on a server as well.
    world = await World.open(cleanup, wire, {
      mariadb: wire.name === 'nats' && missingServer('mariadb') === undefined,
    });
  });
  afterAll(() => cleanup.run());

  test('wait for a consumer, and are done once when it is there', async () => {
    const gid = await world.submit('early', { amount: 30 });
    expect(await world.failedOnce(gid)).toContain(`${wire.name}://127.0.0.1`);
    await world.startConsumer();
    expect(await world.ended(gid)).toBe('succeed');
    expect((await world.done(gid)).effects).toEqual(TRANSFER);
  });

  outcomes(() => world);
  repetitions(() => world);

  test('mix with branches over HTTP', async () => {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    await mixed(world, busi);
  });

  if (wire.hasBroker) outage(() => world);
}

function outcomes(world: () => World): void {
  test('succeed, each with one call', async () => {
    const gid = await world().submit('plain', { amount: 30 });
    expect(await world().ended(gid)).toBe('succeed');
    expect(await world().done(gid)).toEqual({ effects: TRANSFER, arrivals: { out: 1, in: 1 } });
  });

  // Whoever loses the reply of one hears of it only after this test has given up.
  test('succeed many at once, each with one call', async () => {
    const patient = { retry_interval: 600 };
    const names = Array.from({ length: 40 }, (_, index) => `crowd-${index}`);
    const gids = await Promise.all(names.map((name) => world().submit(name, { amount: 30 }, patient)));
    expect(await Promise.all(gids.map((gid) => world().ended(gid)))).toEqual(gids.map(() => 'succeed'));
    for (const gid of gids) expect((await world().done(gid)).arrivals).toEqual({ out: 1, in: 1 });
  });

  test('are found by the name of their service', async () => {
    const step = (name: string) => ({ action: `svc://bookings/${name}`, compensate: `svc://bookings/${name}` });
    const gid = await world().submit('by-name', { amount: 30, end: 'fail' }, { steps: [step('out'), step('in')] });
    expect(await world().ended(gid)).toBe('failed');
    expect((await world().done(gid)).effects).toEqual(['out -30', 'out-undo 30']);
  });

  test('are undone when one of them is refused', async () => {
    const gid = await world().submit('refused', { amount: 30, end: 'fail' });
    expect(await world().ended(gid)).toBe('failed');
    expect((await world().done(gid)).effects).toEqual(['out -30', 'out-undo 30']);
    expect((await world().api.query(gid)).transaction?.rollback_reason).toContain('account closed FAILURE');
  });

  test('are asked again while they are not done', async () => {
    const gid = await world().submit('ongoing', { amount: 30, end: 'ongoing' });
    expect(await world().ended(gid)).toBe('succeed');
    expect(await world().done(gid)).toEqual({ effects: TRANSFER, arrivals: { out: 1, in: 3 } });
  });
}

function repetitions(world: () => World): void {
  test('have one effect when a call is repeated before the first is done', async () => {
    const gid = await world().submit('slow', { amount: 30, end: 'slow' }, { request_timeout: 1 });
    expect(await world().ended(gid)).toBe('succeed');
    const { effects, arrivals } = await world().done(gid);
    expect(effects).toEqual(TRANSFER);
    expect(arrivals['in']).toBeGreaterThan(1);
  });

  test('have one effect when the consumer dies between its work and its reply', async () => {
    const gid = await world().submit('died', { amount: 30, end: 'die' });
    expect((await world().consumer.exited).signal).toBe('SIGKILL');
    await world().startConsumer();
    expect(await world().ended(gid)).toBe('succeed');
    const { effects, arrivals } = await world().done(gid);
    expect(effects).toEqual(TRANSFER);
    expect(arrivals['in']).toBeGreaterThan(0);
  });
}

async function mixed(world: World, busi: FixtureService): Promise<void> {
  const payload = '{"amount":30}';
  for (const [answer, status] of [
    ['ok', 'succeed'],
    ['fail', 'failed'],
  ] as const) {
    const gid = world.newGid('mixed');
    busi.script(gid, { IN: answer });
    const steps = [
      { action: world.url(PATTERNS.out), compensate: world.url(PATTERNS.outUndo) },
      { action: `${busi.url}/IN`, compensate: `${busi.url}/IN.rev` },
    ];
    await world.api.submit({ gid, trans_type: 'saga', steps, payloads: [payload, payload] });
    expect(await world.ended(gid)).toBe(status);
    expect((await world.done(gid)).effects).toEqual(answer === 'ok' ? ['out -30'] : ['out -30', 'out-undo 30']);
  }
}

function outage(world: () => World): void {
  test('go on when the broker is back, with one line in the log for each change', async () => {
    const { wire, api } = world();
    const before = world().connectionLog().length;
    await wire.broker!.kill();
    const gid = await world().submit('outage', { amount: 30 });
    await until('it has been tried several times', async () => {
      const { transaction } = await api.query(gid);
      return (transaction?.attempts ?? 0) > 2;
    });
    await wire.broker!.start();
    expect(await world().ended(gid)).toBe('succeed');
    expect((await world().done(gid)).effects).toEqual(TRANSFER);
    const changes = world().connectionLog().slice(before);
    // With Kafka each topic has a connection of its own, and each of them is told once.
    for (const change of ['no connection to', 'connected to']) {
      const places = changes.flatMap((line) => new RegExp(`${change} (\\S+?)[,\\s\\x1b]`).exec(`${line} `)?.[1] ?? []);
      expect(places).not.toEqual([]);
      expect(places).toEqual([...new Set(places)]);
      if (!wire.base.startsWith('kafka:')) expect(places).toHaveLength(1);
    }
  });
}
