import { Cleanup } from '../support/cleanup';
import { CoordinatorApi } from '../support/coordinator-api';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { FixtureService } from '../support/fixture/fixture-service';
import { Ledger } from '../support/fixture/ledger';
import { AMOUNT, transferSaga } from '../support/fixture/transfer';
import { ended } from '../support/saga-state';
import { DURABLE_ENGINES } from '../support/store-engine';
import { startFaulty, type Crash } from './crash';

/** Deaths amid a crowd, one after the other on the same store; each round's own sagas alone reach the point that often. */
const CRASHES: readonly Crash[] = [
  { point: 'submit-stored', hit: 7 },
  { point: 'call-answered', hit: 12 },
  { point: 'compensation-answered', hit: 3 },
  { point: 'outcome-stored', hit: 9 },
  { point: 'final-stored', hit: 6 },
];
const SAGAS_PER_ROUND = 12;

/** Every third saga is refused by IN. */
const isRefused = (index: number): boolean => index % 3 === 0;

describe('a coordinator that dies again and again amid the sagas of many clients', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    const ledger = new Ledger();
    /** Sagas whose clients have no answer yet. */
    const open = new Set<string>();
    const acknowledged = new Set<string>();
    let busi: FixtureService;

    beforeAll(async () => {
      busi = await FixtureService.start();
      cleanup.add(() => busi.stop());
      busi.onSuccess(ledger.apply);
    });

    afterAll(() => cleanup.run());

    test('loses no acknowledged saga and applies every effect once', async () => {
      const gids: string[] = [];
      const store = await engine.create(cleanup);
      for (const crash of CRASHES) {
        const doomed = await startFaulty(store, crash);
        cleanup.add(() => doomed.kill());
        for (let saga = 0; saga < SAGAS_PER_ROUND; saga += 1) gids.push(newSaga(gids.length));
        await submitOpen(new CoordinatorApi(doomed.url));
        expect(await doomed.exited).toEqual({ code: null, signal: 'SIGKILL' });
      }

      const survivor = await startFaulty(store);
      cleanup.add(() => survivor.stop());
      const api = new CoordinatorApi(survivor.url);
      for (const gid of acknowledged) expect((await api.query(gid)).transaction?.gid).toBe(gid);
      await submitOpen(api);
      expect([...open]).toEqual([]);
      for (const [index, gid] of gids.entries()) {
        const amount = isRefused(index) ? 0 : AMOUNT;
        expect((await ended(api, gid)).status).toBe(isRefused(index) ? 'failed' : 'succeed');
        expect([gid, ledger.moved(gid)]).toEqual([gid, { OUT: 0 - amount, IN: amount }]);
      }
    });

    function newSaga(index: number): string {
      const gid = `storm-${index}`;
      busi.script(gid, isRefused(index) ? { IN: 'fail' } : {});
      open.add(gid);
      return gid;
    }

    /** All clients at once send what has not been answered yet; a refusal, too, says that the saga is known. */
    async function submitOpen(api: CoordinatorApi): Promise<void> {
      const submits = [...open].map(async (gid) => {
        const { status } = await api.submit(transferSaga(busi, gid, { retry_interval: 1 }));
        if (status !== 200 && status !== 409) return;
        open.delete(gid);
        acknowledged.add(gid);
      });
      await Promise.allSettled(submits);
    }
  });
});
