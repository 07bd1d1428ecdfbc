import { FAULT_POINTS } from '@nestjs-dtx/coordinator';
import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { FixtureService } from '../support/fixture/fixture-service';
import { DURABLE_ENGINES } from '../support/store-engine';
import { MODE_CRASHES, type ModeCrash } from './mode-crashes';
import { surviveModeCrashes, type ModeSurvival } from './mode-survivals';

describe('a coordinator killed between two durable writes', () => {
  describeEngines(DURABLE_ENGINES, (engine) => {
    const cleanup = new Cleanup();
    let survivals: ReadonlyMap<ModeCrash, ModeSurvival>;

    beforeAll(async () => {
      const busi = await FixtureService.start();
      cleanup.add(() => busi.stop());
      survivals = await surviveModeCrashes(MODE_CRASHES, await engine.create(cleanup), busi, cleanup);
    });

    afterAll(() => cleanup.run());

    test.each(MODE_CRASHES.map((crash) => [titleOf(crash), crash] as const))('%s', (_title, crash) => {
      const { story, repeats } = crash;
      const survival = survivals.get(crash);
      expect(survival?.end).toMatchObject(story.end);
      const calls = story.calls.flatMap((call) => (call === repeats ? [call, call] : [call]));
      expect(story.twoAtWork ? [...new Set(survival?.calls)] : survival?.calls).toEqual(calls);
    });
  });

  test('is tried at every fault point there is', () => {
    expect(new Set(MODE_CRASHES.map(({ crash }) => crash.point))).toEqual(
      new Set(FAULT_POINTS.filter((point) => point !== 'compensation-answered')),
    );
  });
});

function titleOf({ story, crash }: ModeCrash): string {
  const times = crash.hit === 1 ? '' : ` no. ${crash.hit}`;
  return `at ${crash.point}${times} of a ${story.name}: it ends as if nothing had happened`;
}
