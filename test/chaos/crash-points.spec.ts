import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { FixtureService } from '../support/fixture/fixture-service';
import { Ledger } from '../support/fixture/ledger';
import { DURABLE_ENGINES } from '../support/store-engine';
import { runChain, type Survival } from './crash-chain';
import { CRASH_CASES, CRASH_SELECTION, gidOf, SAGA_POINTS, type CrashCase } from './crash-points';

/** Chains side by side: two cores carry no more. */
const CHAINS = 3;

describe('a coordinator killed in the middle of a saga', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    // A successor on a shared store has to wait for the leases of the dead: there, each point is tried once.
    const allCases = engine.shared ? CRASH_SELECTION : CRASH_CASES;
    const cleanup = new Cleanup();
    const ledger = new Ledger();
    const survivals = new Map<CrashCase, Survival>();
    let busi: FixtureService;

    beforeAll(async () => {
      busi = await FixtureService.start();
      cleanup.add(() => busi.stop());
      busi.onSuccess(ledger.apply);
      const chains = Array.from({ length: CHAINS }, async (_, chain) => {
        const cases = allCases.filter((_case, index) => index % CHAINS === chain);
        return runChain(cases, await engine.create(cleanup), busi, cleanup);
      });
      for (const found of await Promise.all(chains)) {
        for (const [crashCase, survival] of found) survivals.set(crashCase, survival);
      }
    });

    afterAll(() => cleanup.run());

    test.each(allCases.map((crashCase) => [titleOf(crashCase), crashCase] as const))('%s', (_title, crashCase) => {
      const { story, crash, repeats } = crashCase;
      const survival = survivals.get(crashCase);
      expect(survival?.end).toMatchObject(story.end);
      expect(ledger.moved(gidOf(crashCase))).toEqual(story.moved);
      // A call whose outcome was recorded is never made again; one whose outcome was lost is, in its place.
      const calls = story.calls.flatMap((call) => (call === repeats ? [call, call] : [call]));
      expect(busi.log.notation(gidOf(crashCase))).toEqual(calls);
      // Known exactly from the commit of the submit on, so what was acknowledged is never lost.
      expect(survival?.known).toBe(crash.point !== 'submit-received');
      expect(survival?.acknowledged && !survival.known).toBe(false);
    });

    test('neither makes nor loses money over all of them', () => {
      const moved = ledger.moved();
      expect(moved.OUT + moved.IN).toBe(0);
      expect(moved.IN).toBe(allCases.reduce((sum, { story }) => sum + story.moved.IN, 0));
    });

    test('is tried at every fault point there is', () => {
      expect(new Set(allCases.map(({ crash }) => crash.point))).toEqual(new Set(SAGA_POINTS));
    });
  });
});

function titleOf({ story, crash }: CrashCase): string {
  const times = crash.hit === 1 ? '' : ` no. ${crash.hit}`;
  return `at ${crash.point}${times} of a saga that ${story.name}: the saga ends as if nothing had happened`;
}
