import { Cleanup } from '../support/cleanup';
import { CoordinatorApi } from '../support/coordinator-api';
import { FixtureService } from '../support/fixture/fixture-service';
import { Ledger } from '../support/fixture/ledger';
import { AMOUNT, transferSaga } from '../support/fixture/transfer';
import { ended } from '../support/saga-state';
import { temporaryFolder } from '../support/temporary-folder';
import { startFaulty, type Crash } from './crash';

const SAGAS = 60;
/** Every third is refused by IN. */
const isRefused = (index: number): boolean => index % 3 === 0;

/** Deaths in the middle of a crowd, one after the other on the same folder. */
const CRASHES: readonly Crash[] = [
  { point: 'submit-stored', hit: 20 },
  { point: 'call-answered', hit: 30 },
  { point: 'compensation-answered', hit: 5 },
  { point: 'outcome-stored', hit: 10 },
  { point: 'final-stored', hit: 15 },
];

test('sagas of many clients survive a coordinator that dies again and again', async () => {
  const cleanup = new Cleanup();
  try {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    const ledger = new Ledger();
    busi.onSuccess(ledger.apply);
    const gids = Array.from({ length: SAGAS }, (_, index) => `storm-${index}`);
    gids.forEach((gid, index) => busi.script(gid, isRefused(index) ? { IN: 'fail' } : {}));
    const folder = await temporaryFolder(cleanup, 'storm');

    const open = new Set(gids);
    const acknowledged = new Set<string>();
    let deaths = 0;
    for (const crash of CRASHES) {
      const server = await startFaulty(folder, crash);
      cleanup.add(() => server.kill());
      await submitAll(new CoordinatorApi(server.url), open, acknowledged);
      // Later crashes need sagas that are still open; when all have ended before, there is nobody left to die for.
      const died = await Promise.race([server.exited.then(() => true), allEnded(server.url, acknowledged)]);
      if (died) deaths += 1;
      else await server.stop();
    }
    const survivor = await startFaulty(folder);
    cleanup.add(() => survivor.stop());
    const api = new CoordinatorApi(survivor.url);
    for (const gid of acknowledged) expect((await api.query(gid)).transaction?.gid).toBe(gid);
    await submitAll(api, open, acknowledged);

    expect(deaths).toBeGreaterThanOrEqual(2);
    expect([...open]).toEqual([]);
    for (const [index, gid] of gids.entries()) {
      const amount = isRefused(index) ? 0 : AMOUNT;
      expect((await ended(api, gid)).status).toBe(isRefused(index) ? 'failed' : 'succeed');
      expect([gid, ledger.moved(gid)]).toEqual([gid, { OUT: 0 - amount, IN: amount }]);
    }
  } finally {
    await cleanup.run();
  }
  function submitAll() {}
});
