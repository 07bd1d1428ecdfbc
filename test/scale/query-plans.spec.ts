import type { InsertWrite, ListFilter, TransactionPage, TransactionStore } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { SHARED_ENGINES, type StoreEnvironment } from '../support/store-engine';
import { listCases } from './cases';
import { fillHistory } from './fill';
import { COMMON_KEY, gidOf, keyOf, RARE_KEY, RARE_TYPE, statusOf, typeOf, type HistoryTimes } from './history';
import { plannerOf, type Planner, type PlanStep } from './planner.spec-helper';
import { openStore } from './store';

const ROWS = 20_000;
const LEASE = { owner: 'me/1', durationMs: 60_000 };
/** What may be sorted: the branches of some transactions, the entries of a category, rows to be claimed. */
const FEW = 1000;

/** By name or by the alias that the listing gives it. */
const LARGE_TABLE = /^(t|trans_.*)$/;

/** SQLite's plans are checked beside its statements, which run in a thread of their own. */
describeEngines(SHARED_ENGINES, (engine) => {
  describe(`the statements of the store on ${ROWS} finished transactions`, () => {
    const cleanup = new Cleanup();
    let env: StoreEnvironment;
    let times: HistoryTimes;
    let store: TransactionStore;
    let planner: Planner;

    beforeAll(async () => {
      env = await engine.create(cleanup);
      times = await fillHistory(env, ROWS);
      // First: a session may keep its driver's methods from the beginning.
      planner = await plannerOf(env);
      cleanup.add(() => planner.close());
      store = await openStore(env);
      cleanup.add(() => store.close());
      for (let made = 0; made < 10; made += 1) await store.write(unfinished());
    });

    afterAll(() => cleanup.run());

    async function expectCheap(work: () => Promise<unknown>): Promise<void> {
      const steps = await planner.plansOf(work);
      expect(steps).not.toEqual([]);
      expect(steps.filter(isExpensive)).toEqual([]);
    }

    it('would be found out if they read everything', async () => {
      const steps = await planner.plansOf(() => readAll(env));
      expect(steps.filter(isExpensive)).not.toEqual([]);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['insert', () => store.write(unfinished())],
      ['advance', () => advance(store)],
      ['claim', () => store.claim(5, LEASE)],
      ['renew', () => store.renew([{ gid: gidOf(1), epoch: 1 }], 1000)],
      ['find', () => store.find(gidOf(1))],
      ['rearm', () => store.rearm(gidOf(1))],
      ['rearmFarFuture', () => store.rearmFarFuture(1000, 5)],
      ['purge', () => store.purge({ finishedForMs: 3_600_000, afterId: 0, limit: 50 })],
      ['purge further on', () => store.purge({ finishedForMs: 3_600_000, afterId: 15_000, limit: 50 })],
      ['kvScan', () => store.kvScan('services')],
      ['kvPage', () => store.kvPage({ category: 'services', limit: 20 })],
      ['kvPage further on', () => store.kvPage({ category: 'services', afterKey: 'k', limit: 20 })],
      ['kvFind', () => store.kvFind('services', 'k')],
      ['kvPut', () => store.kvPut({ category: 'c', key: 'k', value: 'v' })],
      ['kvDelete', () => store.kvDelete('c', 'k')],
    ])('find what they need by an index: %s', (_name, work) => expectCheap(work));

    it.each([
      ['a rare type', { transType: RARE_TYPE }, (n: number) => typeOf(n) === RARE_TYPE],
      ['a type that there is none of', { transType: 'xa' as const }, () => false],
      ['a rare key', { businessKey: RARE_KEY }, (n: number) => keyOf(n) === RARE_KEY],
      [
        'a common key of a rare type',
        { businessKey: COMMON_KEY, transType: RARE_TYPE },
        (n: number) => keyOf(n) === COMMON_KEY && typeOf(n) === RARE_TYPE,
      ],
      ['rare in both', { transType: RARE_TYPE, status: 'failed' as const }, (n: number) => statusOf(n) === 'failed'],
    ])('list all of them over many pages, some of which are short: %s', async (_name, filter, passes) => {
      const made = Array.from({ length: ROWS }, (_, index) => index + 1);
      const expected = made.filter(passes).map(gidOf).toReversed();
      expect(await listed(filter)).toEqual(expected);
    });

    it('list all that were created within some time, and no others', async () => {
      const at = (n: number): number => Math.floor(times.startMs + n * times.stepMs);
      const expected = Array.from({ length: 101 }, (_, index) => gidOf(7100 - index));
      expect(await listed({ createdFrom: at(7000), createdTo: at(7100) + 1 })).toEqual(expected);
    });

    /** Page after page, until no next one is named. */
    async function listed(filter: Omit<ListFilter, 'limit'>): Promise<string[]> {
      const gids: string[] = [];
      let next: { beforeId?: number } | undefined = {};
      while (next) {
        const page: TransactionPage = await store.list({ ...filter, ...next, limit: 30 });
        gids.push(...page.transactions.map(({ gid }) => gid));
        next = page.nextBeforeId === undefined ? undefined : { beforeId: page.nextBeforeId };
      }
      return gids;
    }

    it('list in the order of the ids what almost all are: looked up one by one they take ten times as long', async () => {
      const steps = await planner.plansOf(() => store.list({ status: 'succeed', transType: RARE_TYPE, limit: 20 }));
      const read = new Set(steps.filter(({ table }) => LARGE_TABLE.test(table)).map(({ index }) => index));
      expect([...read].filter((index) => /status/.test(index))).toEqual([]);
      expect(read.size).toBeGreaterThan(0);
    });

    it('list a page by an index, whatever the filter', async () => {
      const expensive: [string, PlanStep[]][] = [];
      for (const { name: what, filter } of listCases(times, ROWS)) {
        const steps = await planner.plansOf(() => store.list({ ...filter, limit: 20 }));
        steps.push(...(await planner.plansOf(() => store.list({ ...filter, limit: 20, beforeId: ROWS / 2 }))));
        if (steps.some(isExpensive)) expensive.push([`${engine.name}: ${what}`, steps.filter(isExpensive)]);
      }
      expect(expensive).toEqual([]);
    });
  });
});

const isExpensive = ({ table, readsAll, sorts }: PlanStep): boolean =>
  (readsAll && LARGE_TABLE.test(table)) || sorts > FEW;

/** Due as soon as its lease is over: at once. */
function unfinished(): InsertWrite {
  const gid = newGid();
  const branches = ['compensate', 'action'].map((op) => ({
    branchId: '01',
    op,
    url: 'http://127.0.0.1:1/',
    payload: new Uint8Array(0),
    status: 'prepared' as const,
  }));
  const transaction = { gid, transType: 'saga', status: 'submitted', protocol: 'http', queryPrepared: '' } as const;
  return {
    kind: 'insert',
    gid,
    intervalMs: 10_000,
    lease: { ...LEASE, durationMs: 0 },
    transaction: { ...transaction, customData: '', businessKey: '', options: {}, branches },
  };
}

async function advance(store: TransactionStore): Promise<void> {
  const write = unfinished();
  await store.write(write);
  const branches = write.transaction.branches.map(({ branchId, op }) => ({ branchId, op, status: 'succeed' as const }));
  const park = { dueInMs: null, intervalMs: 10_000, attempts: 0, lastError: '' };
  await store.write({ kind: 'advance', gid: write.gid, epoch: 1, branches, status: 'succeed', park });
}

/** What the check has to notice. */
async function readAll(env: StoreEnvironment): Promise<void> {
  const look = await openStore(env);
  const { dataSource } = look as unknown as { dataSource: { query(sql: string): Promise<unknown> } };
  await dataSource.query("SELECT id FROM trans_global WHERE last_error = 'x'");
  await look.close();
}
