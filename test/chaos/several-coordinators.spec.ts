import { Cleanup } from '../support/cleanup';
import { describeEngines } from '../support/describe-engines.spec-helper';
import { SHARED_ENGINES } from '../support/store-engine';
import { runSeveralCoordinators } from './several-coordinators';

/** `npm run test:scale` runs ten times as many. */
const PLAN = { sagas: 200, clients: 24 };

describe('three coordinators on one database, one killed and one frozen under load', () => {
  describeEngines(SHARED_ENGINES, (engine) => {
    const cleanup = new Cleanup();

    afterAll(() => cleanup.run());

    test('end every saga as it has to end, with every effect applied once', async () => {
      const report = await runSeveralCoordinators(cleanup, engine, PLAN);
      expect(report.problems).toEqual([]);
      // What both victims had in their hands has certainly changed hands.
      expect(report.takeovers).toBeGreaterThanOrEqual(10);
      expect(report.repeatedCalls).toBeGreaterThanOrEqual(10);
    });
  });
});
