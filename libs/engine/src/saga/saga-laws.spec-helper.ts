import { OPS } from '@nestjs-dtx/protocol';
import { callKey, type TransactionSnapshot, type TransactionState } from '../state';
import type { SagaScenario } from './saga-scenario.spec-helper';
import type { TraceEvent } from '../mode-simulation.spec-helper';
import type { SagaSimulation } from './saga-simulation.spec-helper';

type Rows = Pick<TransactionSnapshot, 'branches'>;
type Called = Extract<TraceEvent, { type: 'called' }>;
type Answered = Extract<TraceEvent, { type: 'answered' }>;
type Law = (scenario: SagaScenario, simulation: SagaSimulation) => void;

const stepOf = ({ branchId }: { readonly branchId: string }): number => Number(branchId) - 1;

const statusOf = (rows: Rows, step: number, op: string): string | undefined =>
  rows.branches.find((branch) => stepOf(branch) === step && branch.op === op)?.status;

const callsOf = ({ trace }: SagaSimulation, op: string): Called[] =>
  trace.filter((event): event is Called => event.type === 'called' && event.call.op === op);

const answersOf = ({ trace }: SagaSimulation): Answered[] =>
  trace.filter((event): event is Answered => event.type === 'answered');

/** Steps that can have run when the saga turned round: all that they wait for had succeeded by then. */
function possibleAtAbort({ predecessors }: SagaScenario, { trace }: SagaSimulation): Set<number> {
  const turned = trace.findLast((event) => event.type === 'changed' && event.after.status === 'aborting');
  if (turned?.type !== 'changed') return new Set();
  const rows: TransactionState = turned.before;
  const possible = predecessors.flatMap((before, step) =>
    before.every((other) => statusOf(rows, other, OPS.action) === 'succeed') ? [step] : [],
  );
  return new Set(possible);
}

/** The laws of a saga. Each is a sentence that holds for every scenario, and throws through `expect` where it does not. */
export const SAGA_LAWS: Readonly<Record<string, Law>> = {
  'always ends': (_, { stored }) => {
    expect(['succeed', 'failed']).toContain(stored.status);
  },

  'goes from submitted to succeed, or by way of aborting to failed': (_, { trace, stored }) => {
    const path = trace.flatMap((event) =>
      event.type === 'stored' && event.before.status !== event.after.status ? [event.after.status] : [],
    );
    // A last answer may turn the saga round and find that nothing is left to undo: one write then holds both changes.
    const allowed = stored.status === 'succeed' ? [['succeed']] : [['aborting', 'failed'], ['failed']];
    expect(allowed).toContainEqual(path);
  },

  'calls an action only while it is submitted and everything the step waits for is durably done': (
    scenario,
    simulation,
  ) => {
    for (const { call, stored } of callsOf(simulation, OPS.action)) {
      expect(stored.status).toBe('submitted');
      const before = scenario.predecessors[stepOf(call)] ?? [];
      expect(before.map((step) => statusOf(stored, step, OPS.action))).toEqual(before.map(() => 'succeed'));
    }
  },

  'calls an action only once more when it is not known to have succeeded': (_, simulation) => {
    for (const { call, stored } of callsOf(simulation, OPS.action)) {
      expect(statusOf(stored, stepOf(call), OPS.action)).toBe('prepared');
    }
  },

  'calls a compensation only when aborting is durable': (_, simulation) => {
    for (const { stored } of callsOf(simulation, OPS.compensate)) expect(stored.status).toBe('aborting');
  },

  'never compensates a step that cannot have run': (scenario, simulation) => {
    const possible = possibleAtAbort(scenario, simulation);
    for (const { call } of callsOf(simulation, OPS.compensate)) expect([...possible]).toContain(stepOf(call));
  },

  'compensates every step that may have run when it fails': (_, simulation) => {
    if (simulation.stored.status !== 'failed') return;
    const called = new Set(callsOf(simulation, OPS.action).map(({ call }) => stepOf(call)));
    for (const step of called) expect(statusOf(simulation.stored, step, OPS.compensate)).toBe('succeed');
  },

  'compensates a step only when all that came after it is durably undone': (scenario, simulation) => {
    const possible = possibleAtAbort(scenario, simulation);
    for (const { call, stored } of callsOf(simulation, OPS.compensate)) {
      const later = [...possible].filter((step) => scenario.predecessors[step]?.includes(stepOf(call)));
      expect(later.map((step) => statusOf(stored, step, OPS.compensate))).toEqual(later.map(() => 'succeed'));
    }
  },

  'never lets a compensation overtake its own action, nor a call itself': (_, { trace }) => {
    for (const event of trace) {
      if (event.type !== 'called') continue;
      expect(event.open).not.toContain(callKey(event.call));
      expect(event.open).not.toContain(callKey({ branchId: event.call.branchId, op: OPS.action }));
    }
  },

  'never lets a forbidden outcome change a status': (_, simulation) => {
    for (const { call, outcome, before, after } of answersOf(simulation)) {
      if (call.op === OPS.action || outcome.kind !== 'failure') continue;
      expect(after.status).toBe(before.status);
      expect(after.rollbackReason).toBe(before.rollbackReason);
      expect(after.branches).toEqual(before.branches);
    }
  },

  'ends with rows that tell the truth about the calls': (_, simulation) => {
    const answered = (row: { branchId: string; op: string }, kind: string): boolean =>
      answersOf(simulation).some(({ call, outcome }) => callKey(call) === callKey(row) && outcome.kind === kind);
    for (const row of simulation.stored.branches) {
      if (row.status === 'succeed') expect(answered(row, 'success')).toBe(true);
      if (row.status === 'failed') expect([row.op, answered(row, 'failure')]).toEqual([OPS.action, true]);
      if (simulation.stored.status === 'succeed')
        expect(row.status).toBe(row.op === OPS.action ? 'succeed' : 'prepared');
    }
  },

  'has a reason if and only if it failed': (_, { stored }) => {
    if (stored.status === 'succeed') expect(stored.rollbackReason).toBe('');
    else {
      expect(stored.rollbackReason).toMatch(
        /^(Timeout after \d+ seconds|RetryCount is greater than RetryLimit, RetryLimit: \d+|url:\S+ return failed: sold out FAILURE)$/,
      );
    }
  },
};
