import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { Word } from '../support/fixture/answer';
import { AMOUNT } from '../support/fixture/transfer';
import { startServer, type PrivateServer, type ServerName } from '../support/servers';
import { storeEnvironment } from '../support/store-engine';
import { until } from '../support/until';
import { Cluster } from './cluster';
import { Load } from './load';
import { PRIVATE_ENGINES } from './private-engines';

const CLIENTS = 12;
/** Acknowledged before the outage, and refused during it. */
const MANY = 50;
/** Lines of one component in one outage: a server that is going down may answer once more between two errors. */
const MOST_LINES = 2;
const PATIENCE = { withinMs: 60_000, everyMs: 50 };

describe('a database server that goes away under load and comes back', () => {
  describeEngines(PRIVATE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let server: PrivateServer;
    let cluster: Cluster;

    beforeAll(async () => {
      server = await startServer(cleanup, engine.name as ServerName);
      const store = storeEnvironment(await server.createDatabase());
      cluster = await Cluster.start(cleanup, store, [{ LOG_LEVEL: 'info' }, { LOG_LEVEL: 'info' }]);
    });

    afterAll(() => cleanup.run());

    test.each(['kill', 'stop'] as const)(
      '%s: nothing is acknowledged meanwhile, nothing acknowledged is lost, and work goes on by itself',
      async (end) => {
        const outputBefore = cluster.members.map(({ process }) => process.output.length);
        const held = cluster.members.map((member, index) => member.saga(`${end}-held-${index}`));
        let release: (word: Word) => void = () => {};
        const answer = new Promise<Word>((resolve) => (release = resolve));
        for (const saga of held) {
          saga.answers({ OUT: (attempt) => (attempt === 1 ? answer : 'ok') });
          await saga.start();
          await cluster.busi.received(saga.gid, 1);
        }
        const load = new Load(cluster, end, CLIENTS);
        await until('there is a load', () => load.acknowledged.length >= MANY, PATIENCE);

        await server[end]();
        const goneAt = performance.now();
        release('ok');
        await until('many are turned away', () => load.sentAfter(goneAt).length >= MANY, PATIENCE);
        await until('readiness is red', () => allReady(503), PATIENCE);
        const meanwhile = load.sentAfter(goneAt);
        for (const { reply } of meanwhile) {
          expect(reply).toMatchObject({ status: 503, json: { code: 'DTX_STORE_UNAVAILABLE' } });
          expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
          expect(reply.text).not.toMatch(/FAILURE|ONGOING/);
        }
        // What is not recorded must not be built upon.
        for (const saga of held) expect(saga.calls).toEqual(['OUT[01 action]']);

        await server.start();
        const backAt = performance.now();
        await until('readiness is green', () => allReady(200), PATIENCE);
        await until('submits are accepted again', () => isServed(load, backAt), PATIENCE);
        await load.stop();
        expect(new Set(load.submissions.map(({ reply }) => reply.status))).toEqual(new Set([200, 503]));

        await until('everything is final', async () => (await unfinished()) === 0, PATIENCE);
        const stored = await storedGids();
        expect(load.acknowledged.filter((gid) => !stored.has(gid))).toEqual([]);
        for (const { gid } of load.submissions) {
          const amount = stored.has(gid) ? AMOUNT : 0;
          expect([gid, cluster.ledger.moved(gid)]).toEqual([gid, { OUT: 0 - amount, IN: amount }]);
        }
        for (const saga of held) expect(await saga.ended()).toMatchObject({ status: 'succeed', rows: 'P S P S' });
        for (const [index, { process }] of cluster.members.entries()) {
          // What fails many times a second is told when it begins and when it is over.
          const errors = errorsByComponent(process.output.slice(outputBefore[index]));
          expect(errors.get('Store')).toBeGreaterThanOrEqual(1);
          expect([...errors].filter(([, count]) => count > MOST_LINES)).toEqual([]);
        }
      },
      120_000,
    );

    async function allReady(status: number): Promise<boolean> {
      const found = await Promise.all(cluster.members.map((member) => member.readiness()));
      return found.every((one) => one === status);
    }

    function isServed(load: Load, since: number): boolean {
      return load.sentAfter(since).filter(({ reply }) => reply.status === 200).length >= MANY;
    }

    async function unfinished(): Promise<number> {
      const [row] = await cluster.sql.query(
        `SELECT count(*) AS open FROM trans_global WHERE status NOT IN ('succeed', 'failed')`,
      );
      return Number(row?.['open']);
    }

    async function storedGids(): Promise<ReadonlySet<string>> {
      return new Set((await cluster.sql.query('SELECT gid FROM trans_global')).map(({ gid }) => String(gid)));
    }
  });
});

/** Lines at level error, by the component that wrote them. */
function errorsByComponent(output: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, component = ''] of output.matchAll(/ERROR \[(\w+)\]/g)) {
    counts.set(component, (counts.get(component) ?? 0) + 1);
  }
  return counts;
}
