import { DEFAULT_LIMITS, parseTransactionRequest } from '@nestjs-dtx/protocol';
import fc from 'fast-check';
import {
  ERROR,
  FAILURE,
  ModeSimulation,
  ONGOING,
  SUCCESS,
  type Answer,
  type TraceEvent,
} from '../mode-simulation.spec-helper';
import { workflowMode } from './workflow.mode';

interface Plan {
  readonly retryInterval: number;
  readonly outcome: 'succeed' | 'failed';
  readonly tape: readonly number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  retryInterval: fc.integer({ min: 1, max: 30 }),
  outcome: fc.constantFrom('succeed', 'failed'),
  tape: fc.array(fc.nat(10_000), { maxLength: 200, size: 'max' }),
});

function simulate({ retryInterval, outcome, tape }: Plan): ModeSimulation {
  const fields = { gid: 'wf-88', trans_type: 'workflow', retry_interval: retryInterval };
  const body = { ...fields, query_prepared: 'http://app/resume', custom_data: '{"name":"checkout"}' };
  const request = parseTransactionRequest(body, DEFAULT_LIMITS);
  const submit = { ...request, reqExtra: { status: outcome } };
  return new ModeSimulation({
    mode: workflowMode,
    begin: { kind: 'prepare', request },
    tape,
    // The workflow does what it does, and answers; or its answer is lost, or it does not get to its end.
    answer: (_, it): Answer => {
      const way = it.tape.pick(['end', 'end and be lost', 'ongoing', 'error', 'forget', 'deferred']);
      if (way === 'deferred') return 'deferred';
      if (way.startsWith('end')) it.command({ kind: 'submit', request: submit });
      if (way === 'end') return outcome === 'succeed' ? SUCCESS : FAILURE;
      if (way === 'ongoing') return ONGOING;
      return way === 'forget' ? SUCCESS : ERROR;
    },
  }).run();
}

const law = (check: (simulation: ModeSimulation, given: Plan) => void): void =>
  fc.assert(
    fc.property(plan, (given) => check(simulate(given), given)),
    { numRuns: 1000 },
  );

describe('a workflow, whatever its service does', () => {
  it('ends as its service says', () => law(({ stored }, { outcome }) => expect(stored.status).toBe(outcome)));

  it('is called back with its name, and by nobody once it has ended', () =>
    law(({ trace }) => {
      for (const event of trace) {
        if (event.type !== 'called') continue;
        expect(event.call).toMatchObject({ branchId: '00', op: 'checkout', url: 'http://app/resume' });
        expect(event.stored.status).toBe('prepared');
      }
    }));

  it('is called back no sooner than its own interval after an answer, and twice that after an error', () =>
    law((simulation, { retryInterval }) => expect(callsTooEarly(simulation, retryInterval * 1000)).toEqual([])));

  it('doubles its distance with every error in a row, and begins anew after an answer', () =>
    law(({ trace }, { retryInterval }) => {
      const base = retryInterval * 1000;
      const answers = trace.filter((event) => event.type === 'answered');
      const next = ({ before, outcome }: (typeof answers)[number]): number => {
        if (outcome.kind === 'success') return base;
        return outcome.kind === 'error' ? Math.max(base, Math.min(2 * before.intervalMs, 900_000)) : before.intervalMs;
      };
      expect(answers.map(({ after }) => after.intervalMs)).toEqual(answers.map(next));
    }));
});

/** Calls that came sooner after the answer before than the interval allows. */
function callsTooEarly({ trace }: ModeSimulation, intervalMs: number): TraceEvent[] {
  let earliest = 0;
  return trace.filter((event) => {
    if (event.type === 'answered') earliest = event.at + (event.outcome.kind === 'error' ? 2 : 1) * intervalMs;
    // A coordinator that takes over from a dead one does not know of the last answer.
    if (event.type === 'crashed') earliest = 0;
    return event.type === 'called' && event.at < earliest;
  });
}
