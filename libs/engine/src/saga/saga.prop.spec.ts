import { OPS } from '@nestjs-dtx/protocol';
import fc from 'fast-check';
import { SAGA_LAWS } from './saga-laws.spec-helper';
import { sagaScenario } from './saga-scenario.spec-helper';
import { SagaSimulation } from './saga-simulation.spec-helper';

describe('a saga, whatever its steps, outcomes, crashes and interleavings', () => {
  it.each(Object.entries(SAGA_LAWS))('%s', (_, law) => {
    fc.assert(
      fc.property(sagaScenario, (scenario) => law(scenario, new SagaSimulation(scenario).run())),
      { numRuns: 1000 },
    );
  });

  it('is simulated in all the ways it can go', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(sagaScenario, (scenario) => {
        const { stored, trace } = new SagaSimulation(scenario).run();
        seen.add(stored.status);
        seen.add(stored.rollbackReason.split(' ')[0]?.replace(/^url:.*/, 'refused') ?? '');
        for (const event of trace) {
          seen.add(event.type);
          if (event.type === 'answered') seen.add(`${event.call.op} ${event.outcome.kind}`);
          if (event.type === 'answered' && event.call.op === OPS.action && event.before.status === 'aborting') {
            seen.add(`late ${event.outcome.kind}`);
          }
        }
      }),
      { numRuns: 1000 },
    );
    const ways = [
      ['succeed', 'failed', 'Timeout', 'RetryCount', 'refused', 'crashed', 'parked', 'deferred'],
      ['action success', 'action failure', 'action ongoing', 'action error'],
      ['compensate success', 'compensate failure', 'compensate ongoing', 'compensate error'],
      ['late success', 'late failure', 'late ongoing', 'late error'],
    ];
    expect(ways.flat().filter((way) => !seen.has(way))).toEqual([]);
  });
});
