import { DEFAULT_LIMITS, OPS, parseTransactionRequest } from '@nestjs-dtx/protocol';
import fc from 'fast-check';
import { ERROR, FAILURE, ModeSimulation, ONGOING, SUCCESS, type Answer } from '../mode-simulation.spec-helper';
import { msgMode } from './msg.mode';

interface Plan {
  readonly steps: number;
  /** What becomes of the sender's local transaction. */
  readonly committed: boolean;
  /** How often its sender answers that it is still open. */
  readonly openFor: number;
  /** Whether the sender lives long enough to submit or abort. */
  readonly reports: boolean;
  readonly concurrent: boolean;
  readonly delay: number;
  readonly tape: readonly number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  steps: fc.integer({ min: 1, max: 4 }),
  committed: fc.boolean(),
  openFor: fc.nat(3),
  reports: fc.boolean(),
  concurrent: fc.boolean(),
  delay: fc.constantFrom(0, 0, 5, 100),
  tape: fc.array(fc.nat(10_000), { maxLength: 200, size: 'max' }),
});

interface Ended {
  readonly simulation: ModeSimulation;
  readonly checkBacks: number;
}

function simulate(given: Plan): Ended {
  const request = parseTransactionRequest(
    {
      gid: 'pay-19',
      trans_type: 'msg',
      steps: Array.from({ length: given.steps }, (_, step) => ({ action: `http://busi/${step}` })),
      payloads: Array.from({ length: given.steps }, (_, step) => `payload ${step}`),
      query_prepared: 'http://pay/check',
      concurrent: given.concurrent,
      ...(given.delay > 0 && { custom_data: JSON.stringify({ delay: given.delay }) }),
    },
    DEFAULT_LIMITS,
  );
  let checkBacks = 0;
  let reported = !given.reports;
  const simulation = new ModeSimulation({
    mode: msgMode,
    begin: { kind: 'prepare', request },
    tape: given.tape,
    answer: (call, { tape }): Answer => {
      if (call.op !== OPS.msg) return tape.pick([SUCCESS, SUCCESS, ERROR, ONGOING, FAILURE, 'deferred']);
      checkBacks += 1;
      if (checkBacks <= given.openFor) return ONGOING;
      const truth = given.committed ? SUCCESS : FAILURE;
      return tape.pick([truth, truth, ERROR]);
    },
    client: (it) => {
      if (reported) return;
      reported = true;
      if (given.committed) it.command({ kind: 'submit', request });
      else it.command({ kind: 'abort', gid: 'pay-19', rollbackReason: '' });
    },
  });
  return { simulation: simulation.run(), checkBacks };
}

const law = (check: (ended: Ended, given: Plan) => void): void =>
  fc.assert(
    fc.property(plan, (given) => check(simulate(given), given)),
    { numRuns: 1000 },
  );

describe('a 2-phase message, whatever its sender, outcomes, crashes and interleavings', () => {
  it('ends, and is delivered if and only if the local transaction was committed', () =>
    law(({ simulation: { stored } }, { committed, steps }) => {
      expect(stored.status).toBe(committed ? 'succeed' : 'failed');
      const delivered = stored.branches.map(({ status }) => status);
      expect(delivered).toEqual(Array(steps).fill(committed ? 'succeed' : 'prepared'));
    }));

  it('calls no branch before it is submitted, durably', () =>
    law(({ simulation: { trace } }) => {
      for (const event of trace) {
        if (event.type !== 'called' || event.call.op === OPS.msg) continue;
        expect(event.stored.status).toBe('submitted');
      }
    }));

  it('is asked about only while it is prepared, and not before its timeout', () =>
    law(({ simulation: { trace, stored } }) => {
      for (const event of trace) {
        if (event.type !== 'called' || event.call.op !== OPS.msg) continue;
        expect(event.stored.status).toBe('prepared');
        expect(event.at - stored.createdAt).toBeGreaterThanOrEqual(35_000);
      }
    }));

  it('calls its branches in their order, one by one, unless it is concurrent', () =>
    law(({ simulation: { trace } }, { concurrent }) => {
      if (concurrent) return;
      for (const event of trace) {
        if (event.type !== 'called' || event.call.row === undefined) continue;
        const before = event.stored.branches.slice(0, event.call.row);
        expect(before.every(({ status }) => status === 'succeed')).toBe(true);
      }
    }));

  it('is simulated in all the ways it can go', () => {
    const seen = new Set<string>();
    law(({ simulation: { stored, trace }, checkBacks }) => {
      seen.add(stored.status).add(checkBacks > 0 ? 'asked' : 'not asked');
      for (const event of trace) {
        seen.add(event.type);
        if (event.type === 'answered') seen.add(`${event.call.op} ${event.outcome.kind}`);
        if (event.type === 'commanded') seen.add(`${event.command.kind} ${event.accepted.accept}`);
      }
    });
    const ways = ['succeed', 'failed', 'asked', 'not asked', 'crashed', 'stale', 'submit change', 'abort change'];
    const answers = ['msg success', 'msg failure', 'msg ongoing', 'msg error', 'action error', 'action failure'];
    expect([...ways, ...answers].filter((way) => !seen.has(way))).toEqual([]);
  });
});
