import { Cleanup } from '../support/cleanup';
import { CoordinatorApi } from '../support/coordinator-api';
import { describeEngines } from '../support/describe-engines.spec-helper';
import type { BranchCallRecord } from '../support/fixture/call-log';
import { FixtureService } from '../support/fixture/fixture-service';
import { endpoint, transferSaga } from '../support/fixture/transfer';
import { DURABLE_ENGINES, type StoreEnvironment } from '../support/store-engine';
import { until } from '../support/until';
import { startFaulty, type Crash } from './crash';

/** One death, and how often the end of the transaction is told in spite of it. */
interface Case {
  readonly title: string;
  readonly crash: Crash;
  readonly told: number;
}

/** The third call is the one that tells of the end. */
const CASES: readonly Case[] = [
  { title: 'right after the final status was stored', crash: { point: 'final-stored', hit: 1 }, told: 1 },
  { title: 'when it has claimed the transaction to tell its end', crash: { point: 'claimed', hit: 1 }, told: 1 },
  { title: 'right before it calls', crash: { point: 'call-started', hit: 3 }, told: 1 },
  { title: 'right after the answer, which nobody has stored', crash: { point: 'call-answered', hit: 3 }, told: 2 },
];

describe('on_complete of a coordinator that is killed', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    const told = new Map<Case, readonly BranchCallRecord[]>();
    let busi: FixtureService;

    /** One after the other on one store: each coordinator tells what its predecessor owes, then dies in its own case. */
    async function runChain(store: StoreEnvironment): Promise<void> {
      let left: Case | undefined;
      for (const each of [...CASES, undefined]) {
        const gid = each && gidOf(each);
        const server = await startFaulty(store, each && { ...each.crash, gid: gidOf(each) });
        cleanup.add(() => server.kill());
        const api = new CoordinatorApi(server.url);
        if (left) told.set(left, await toldOf(api, gidOf(left)));
        if (gid === undefined) return;
        await api.submit(transferSaga(busi, gid, { on_complete: endpoint(busi, 'DONE') })).catch(() => undefined);
        await until(`the coordinator dies ${each?.title ?? ''}`, () => !server.alive);
        left = each;
      }
    }

    /** Waits until the transaction owes nothing any more. */
    async function toldOf(api: CoordinatorApi, gid: string): Promise<readonly BranchCallRecord[]> {
      await until(
        `the end of ${gid} is told`,
        async () => {
          const { transaction } = await api.query(gid);
          return transaction?.status === 'succeed' && transaction.next_cron_time === undefined;
        },
        { withinMs: 60_000, everyMs: 100 },
      );
      return busi.calls(gid).filter(({ op }) => op === 'on_complete');
    }

    beforeAll(async () => {
      busi = await FixtureService.start();
      cleanup.add(() => busi.stop());
      await runChain(await engine.create(cleanup));
    });

    afterAll(() => cleanup.run());

    test.each(CASES.map((each) => [each.title, each] as const))('%s is called nevertheless', (_title, each) => {
      const calls = told.get(each) ?? [];
      expect(calls).toHaveLength(each.told);
      for (const { body } of calls) {
        expect(JSON.parse(body)).toMatchObject({ gid: gidOf(each), trans_type: 'saga', status: 'succeed' });
      }
      expect(busi.log.notation(gidOf(each)).slice(0, 2)).toEqual(['OUT[01 action]', 'IN[02 action]']);
    });
  });
});

const gidOf = ({ crash }: Case): string => `told-${crash.point}`;
