import { FAULT_POINTS } from '@nestjs-dtx/coordinator';
import { Cleanup } from '../support/cleanup';
import { FixtureService } from '../support/fixture/fixture-service';
import { Ledger } from '../support/fixture/ledger';
import { runChain, type Survival } from './crash-chain';
import { CRASH_CASES, gidOf, type CrashCase } from './crash-points';

/** Chains side by side: two cores carry no more. */
const CHAINS = 3;

describe('a coordinator killed in the middle of a saga', () => {
  const cleanup = new Cleanup();
  const ledger = new Ledger();
  const survivals = new Map<CrashCase, Survival>();
  let busi: FixtureService;

  beforeAll(async () => {
    busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    busi.onSuccess(ledger.apply);
    const chains = Array.from({ length: CHAINS }, (_, chain) =>
      CRASH_CASES.filter((_case, index) => index % CHAINS === chain),
    );
    for (const found of await Promise.all(chains.map((cases) => runChain(cases, busi, cleanup)))) {
      for (const [crashCase, survival] of found) survivals.set(crashCase, survival);
    }
  }, 90_000);

  afterAll(() => cleanup.run());

  test.each(CRASH_CASES.map((crashCase) => [titleOf(crashCase), crashCase] as const))('%s', (_title, crashCase) => {
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
    expect(moved.IN).toBe(CRASH_CASES.reduce((sum, { story }) => sum + story.moved.IN, 0));
  });

  test('is tried at every fault point there is', () => {
    expect(new Set(CRASH_CASES.map(({ crash }) => crash.point))).toEqual(new Set(FAULT_POINTS));
  });
});

function titleOf({ story, crash }: CrashCase): string {
  const times = crash.hit === 1 ? '' : ` no. ${crash.hit}`;
  return `at ${crash.point}${times} of a saga that ${story.name}: the saga ends as if nothing had happened`;
}
