import { DEFAULT_LIMITS, OPS, parseTransactionRequest } from '@nestjs-dtx/protocol';
import fc from 'fast-check';
import { ModeSimulation, type TraceEvent } from '../mode-simulation.spec-helper';
import { modeOf } from '../modes';
import type { Branch } from '../state';

type Called = Extract<TraceEvent, { type: 'called' }>;

const MODES = {
  tcc: { commit: OPS.confirm, rollback: OPS.cancel },
  xa: { commit: OPS.commit, rollback: OPS.rollback },
} as const;

interface Plan {
  readonly branches: number;
  readonly end: 'submit' | 'abort' | 'both' | 'none';
  readonly concurrent: boolean;
  readonly timeoutToFail: number;
  readonly tape: readonly number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  branches: fc.integer({ min: 0, max: 4 }),
  end: fc.constantFrom('submit', 'abort', 'both', 'none'),
  concurrent: fc.boolean(),
  timeoutToFail: fc.integer({ min: 0, max: 60 }),
  tape: fc.array(fc.nat(10_000), { maxLength: 200, size: 'max' }),
});

describe.each(['tcc', 'xa'] as const)('%s, whatever its client, outcomes, crashes and interleavings', (transType) => {
  const { commit, rollback } = MODES[transType];

  function rowsOf(number: number): Branch[] {
    const branchId = `0${number}`;
    return [rollback, commit].map((op) => ({
      branchId,
      op,
      url: `http://busi/${branchId}`,
      payload: new Uint8Array(0),
      status: 'prepared',
    }));
  }

  function simulate({ branches, end, tape, ...options }: Plan): ModeSimulation {
    const fields = { gid: 'order-7', trans_type: transType };
    const { concurrent, timeoutToFail } = options;
    const body = { ...fields, concurrent, timeout_to_fail: timeoutToFail };
    const request = parseTransactionRequest(body, DEFAULT_LIMITS);
    const actions: ((simulation: ModeSimulation) => void)[] = Array.from({ length: branches }, (_, index) => (it) => {
      it.command({ kind: 'register', gid: 'order-7', transType, branches: rowsOf(index + 1) });
    });
    if (end === 'submit' || end === 'both') actions.push((it) => it.command({ kind: 'submit', request }));
    if (end === 'abort' || end === 'both') {
      actions.push((it) => it.command({ kind: 'abort', gid: 'order-7', rollbackReason: 'no stock' }));
    }
    const client = (it: ModeSimulation): void => actions.shift()?.(it);
    return new ModeSimulation({ mode: modeOf(transType), begin: { kind: 'prepare', request }, tape, client }).run();
  }

  const law = (check: (simulation: ModeSimulation, given: Plan) => void): void =>
    fc.assert(
      fc.property(plan, (given) => check(simulate(given), given)),
      { numRuns: 600 },
    );
  const calls = ({ trace }: ModeSimulation): Called[] => trace.filter((event) => event.type === 'called');

  it('ends', () => law(({ stored }) => expect(['succeed', 'failed']).toContain(stored.status)));

  it('never confirms and cancels', () =>
    law((simulation) => {
      const ops = new Set(calls(simulation).map(({ call }) => call.op));
      expect(ops.size).toBeLessThanOrEqual(1);
      if (ops.size === 1) expect([...ops]).toEqual([simulation.stored.status === 'succeed' ? commit : rollback]);
    }));

  it('carries out its second phase on every branch that was accepted, and on no other', () =>
    law(({ stored, trace }) => {
      const op = stored.status === 'succeed' ? commit : rollback;
      const accepted = trace.filter(
        (event) =>
          event.type === 'commanded' && event.command.kind === 'register' && event.accepted.accept === 'append',
      );
      expect(stored.branches).toHaveLength(2 * accepted.length);
      for (const branch of stored.branches) {
        expect(branch.status).toBe(branch.op === op ? 'succeed' : 'prepared');
      }
    }));

  it('confirms only what its client has submitted, durably', () =>
    law((simulation) => {
      for (const { call, stored } of calls(simulation)) {
        expect(stored.status).toBe(call.op === commit ? 'submitted' : 'aborting');
      }
    }));

  it('calls one branch after the other, in its order, unless it is concurrent', () =>
    law((simulation, { concurrent }) => {
      if (concurrent && transType === 'tcc') return;
      for (const { call, stored, open } of calls(simulation)) {
        expect(open).toEqual([]);
        const rows = stored.branches.filter(({ op }) => op === call.op);
        if (transType === 'tcc') rows.reverse();
        const before = rows.slice(
          0,
          rows.findIndex(({ branchId }) => branchId === call.branchId),
        );
        expect(before.every(({ status }) => status === 'succeed')).toBe(true);
      }
    }));

  it('refuses a submit after it has turned to aborting, and an abort after it was submitted', () =>
    law(({ stored, trace }) => {
      const taken = trace.filter((event) => event.type === 'commanded' && event.accepted.accept === 'change');
      expect(taken.length).toBeLessThanOrEqual(1);
      const [first] = taken;
      if (first?.type === 'commanded')
        expect(stored.status).toBe(first.command.kind === 'submit' ? 'succeed' : 'failed');
      else expect(stored.rollbackReason).toMatch(/^Timeout after \d+ seconds$/);
    }));

  it('is simulated in all the ways it can go', () => {
    const seen = new Set<string>();
    law(({ stored, trace }) => {
      seen.add(stored.status).add(stored.rollbackReason.split(' ')[0]!);
      for (const event of trace) {
        seen.add(event.type);
        if (event.type === 'answered') seen.add(event.outcome.kind);
        if (event.type === 'commanded') seen.add(`${event.command.kind} ${event.accepted.accept}`);
      }
    });
    const ways = ['succeed', 'failed', 'Timeout', 'crashed', 'stale', 'deferred', 'error', 'failure', 'ongoing'];
    const commands = [
      'register append',
      'register refuse',
      'submit change',
      'submit refuse',
      'abort change',
      'abort refuse',
    ];
    expect([...ways, ...commands].filter((way) => !seen.has(way))).toEqual([]);
  });
});
