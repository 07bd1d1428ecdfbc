import { MemoryStatements } from '../memory/memory-statements';
import { MemoryTables } from '../memory/memory-tables';
import { insertWrite } from '../insert-write.spec-helper';
import { runIsolated, type BatchErrorKind } from './batch-outcome';

/** The statements in memory, failing where the test wants it. */
class FailingStatements extends MemoryStatements {
  commits = 0;
  rollbacks = 0;
  failCommit: () => void = () => {};

  override commit(): void {
    this.failCommit();
    this.commits += 1;
  }

  override rollback(): void {
    this.rollbacks += 1;
    super.rollback();
  }
}

class Conflict extends Error {}

class Outage extends Error {}

class Locked extends Error {}

function kindOf(error: unknown): BatchErrorKind {
  if (error instanceof Outage) return 'outage';
  if (error instanceof Locked) return 'locked';
  return error instanceof Conflict ? 'transient' : 'write';
}

describe('a batch that fails', () => {
  let tables: MemoryTables;
  let statements: FailingStatements;

  beforeEach(() => {
    tables = new MemoryTables();
    statements = new FailingStatements(tables, () => 1000);
  });

  /** Two branches of the same name in one transaction break the rules of every store. */
  function poisoned(gid: string) {
    const write = insertWrite(gid);
    const [first] = write.transaction.branches;
    return { ...write, transaction: { ...write.transaction, branches: [first!, first!] } };
  }

  test('in a conflict is repeated as a whole', async () => {
    let conflicts = 2;
    statements.failCommit = () => {
      if (conflicts-- > 0) throw new Conflict();
    };
    const outcomes = await runIsolated(statements, [insertWrite('a'), insertWrite('b')], { kindOf, isRepeated: false });
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
    expect([statements.commits, statements.rollbacks]).toEqual([1, 2]);
    expect(tables.globals.size).toBe(2);
  });

  test('in one conflict after the other is given up, write by write, with the error', async () => {
    const conflict = new Conflict();
    statements.failCommit = () => {
      throw conflict;
    };
    const outcomes = await runIsolated(statements, [insertWrite('a'), insertWrite('b')], { kindOf, isRepeated: false });
    expect(outcomes).toEqual([
      { ok: false, error: conflict },
      { ok: false, error: conflict },
    ]);
    expect(tables.globals.size).toBe(0);
    expect(statements.rollbacks).toBe(15);
  });

  test('for one of its writes fails that one alone', async () => {
    const writes = [insertWrite('a'), poisoned('b'), insertWrite('c')];
    const outcomes = await runIsolated(statements, writes, { kindOf, isRepeated: false });
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect([...tables.globals.keys()]).toEqual(['a', 'c']);
    expect([...tables.branches.keys()]).toEqual(['a', 'c']);
  });

  test('for a row that somebody keeps locked fails the writes to that row alone, without waiting twice', async () => {
    const locked = new Locked();
    const kept = jest.spyOn(statements, 'insertGlobals').mockImplementation((writes, now) => {
      if (writes.some(({ gid }) => gid === 'b')) throw locked;
      return MemoryStatements.prototype.insertGlobals.call(statements, writes, now);
    });
    const writes = [insertWrite('a'), insertWrite('b'), insertWrite('c')];
    const outcomes = await runIsolated(statements, writes, { kindOf, isRepeated: false });
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(outcomes[1]).toEqual({ ok: false, error: locked });
    expect(kept.mock.calls.map(([batch]) => batch.map(({ gid }) => gid).join(''))).toEqual(['abc', 'a', 'b', 'c']);
  });

  test('in an outage before the commit has changed nothing, and that is known', async () => {
    const outage = new Outage();
    jest.spyOn(statements, 'insertBranches').mockImplementation(() => {
      throw outage;
    });
    const outcomes = await runIsolated(statements, [insertWrite('a'), insertWrite('b')], { kindOf, isRepeated: false });
    expect(outcomes).toEqual([
      { ok: false, error: outage },
      { ok: false, error: outage },
    ]);
  });

  test('in an outage fails at once: each write alone would wait for the same', async () => {
    const outage = new Outage();
    statements.failCommit = () => {
      throw outage;
    };
    const outcomes = await runIsolated(statements, [insertWrite('a'), insertWrite('b')], { kindOf, isRepeated: false });
    expect(outcomes).toEqual([
      { ok: false, error: outage, isUnknown: true },
      { ok: false, error: outage, isUnknown: true },
    ]);
    expect(statements.rollbacks).toBe(1);
  });

  test('with a single write is not tried again unless the engine asks for it', async () => {
    const [outcome] = await runIsolated(statements, [poisoned('a')], { kindOf, isRepeated: false });
    expect(outcome).toMatchObject({ ok: false, error: { message: 'branch 01 compensate exists already' } });
    expect(statements.rollbacks).toBe(1);
  });
});
