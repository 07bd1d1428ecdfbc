import { insertWrite } from '../insert-write.spec-helper';
import { MemoryStatements } from '../memory/memory-statements';
import { MemoryTables } from '../memory/memory-tables';
import type { AdvanceWrite, Write } from '../writes';
import { runIsolated, type BatchRun } from './batch-outcome';
import type { ForeseenBatch } from './batch-statements';
import { BATCH_TIME, foresee, foreseenResults } from './foreseen';
import { CommitError } from './run-batch';

const RUN: BatchRun = { kindOf: (error) => (error === GONE ? 'outage' : 'write'), isRepeated: false };
const GONE = new Error('gone');

const outcome = (gid: string, epoch: number): AdvanceWrite => ({
  kind: 'advance',
  gid,
  epoch,
  branches: [{ branchId: '01', op: 'action', status: 'succeed' }],
});

const end = (gid: string, epoch: number): AdvanceWrite => ({
  ...outcome(gid, epoch),
  status: 'succeed',
  park: { dueInMs: null, intervalMs: 1000, attempts: 0, lastError: '' },
});

/** The statements in memory, which take whole batches as the test says. */
class WholeBatches extends MemoryStatements {
  readonly batches: ForeseenBatch[] = [];
  answer: () => number | undefined = () => 5000;

  carryOut(batch: ForeseenBatch): Promise<number | undefined> {
    this.batches.push(batch);
    return new Promise((resolve) => resolve(this.answer()));
  }
}

describe('a batch that can be foreseen', () => {
  test('is one of new transactions and of progress, in gid order', () => {
    const foreseen = foresee([end('d', 2), insertWrite('c'), outcome('b', 7), insertWrite('a')]);
    expect(foreseen?.held).toEqual([
      { gid: 'b', epoch: 7 },
      { gid: 'd', epoch: 2 },
    ]);
    expect(foreseen?.inserts.map(({ gid }) => gid)).toEqual(['a', 'c']);
    expect(foreseen?.branchUpdates.map(({ gid }) => gid)).toEqual(['d', 'b']);
  });

  test('tells instants from its own time', () => {
    const parked = { ...end('b', 1), park: { dueInMs: 1500, intervalMs: 1000, attempts: 1, lastError: '' } };
    expect(foresee([end('a', 2), parked])?.globals).toMatchObject([
      { gid: 'a', epoch: 2, status: 'succeed', finishTime: BATCH_TIME, schedule: { nextCronTime: null } },
      { gid: 'b', epoch: 1, schedule: { nextCronTime: BATCH_TIME + 1500 } },
    ]);
  });

  test.each<Write>([
    { kind: 'append', gid: 'b', transType: 'tcc', branches: [], interrupts: false },
    { kind: 'change', gid: 'b', from: 'prepared', to: 'aborting', patch: {}, unheldOnly: false },
  ])('is none with a write whose values follow from what it finds ($kind)', (write) => {
    expect(foresee([insertWrite('a'), write])).toBeUndefined();
  });

  test('is none with progress that writes nothing but a schedule: it may follow the end of the transaction', () => {
    const park = { dueInMs: 1500, intervalMs: 1000, attempts: 1, lastError: '' };
    expect(foresee([insertWrite('a'), { kind: 'advance', gid: 'b', epoch: 3, branches: [], park }])).toBeUndefined();
  });

  test('applies all of its writes at the time that the store tells', () => {
    expect(foreseenResults([end('b', 7), insertWrite('a')], 5000)).toEqual([
      { result: 'applied', now: 5000, epoch: 7 },
      { result: 'applied', now: 5000, epoch: 1 },
    ]);
  });
});

describe('an engine that takes whole batches', () => {
  let tables: MemoryTables;
  let statements: WholeBatches;

  beforeEach(() => {
    tables = new MemoryTables();
    statements = new WholeBatches(tables, () => 1000);
  });

  test('is given what can be foreseen', async () => {
    const outcomes = await runIsolated(statements, [insertWrite('a'), outcome('b', 3)], RUN);
    expect(outcomes).toEqual([
      { ok: true, result: { result: 'applied', now: 5000, epoch: 1 } },
      { ok: true, result: { result: 'applied', now: 5000, epoch: 3 } },
    ]);
    expect([statements.batches.length, tables.globals.size]).toEqual([1, 0]);
  });

  test('looks before it writes when it refuses, and each write learns its own result', async () => {
    statements.answer = () => undefined;
    const outcomes = await runIsolated(statements, [insertWrite('a'), outcome('b', 3)], RUN);
    expect(outcomes).toMatchObject([
      { ok: true, result: { result: 'applied', now: 1000 } },
      { ok: true, result: { result: 'stale' } },
    ]);
    expect([...tables.globals.keys()]).toEqual(['a']);
  });

  test('looks at once where an earlier commit is in doubt', async () => {
    await runIsolated(statements, [insertWrite('a')], { ...RUN, isRepeated: true });
    expect([statements.batches.length, tables.globals.size]).toEqual([0, 1]);
  });

  test('leaves everything in doubt when the connection is lost', async () => {
    statements.answer = () => {
      throw new CommitError(GONE);
    };
    expect(await runIsolated(statements, [insertWrite('a'), outcome('b', 3)], RUN)).toEqual([
      { ok: false, error: GONE, isUnknown: true },
      { ok: false, error: GONE, isUnknown: true },
    ]);
  });
});
