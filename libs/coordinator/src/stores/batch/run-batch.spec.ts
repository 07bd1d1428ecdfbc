import { insertWrite } from '../insert-write.spec-helper';
import { MemoryStatements } from '../memory/memory-statements';
import { MemoryTables } from '../memory/memory-tables';
import type { InsertWrite } from '../writes';
import { CommitError, runBatch } from './run-batch';

/** The row of a gid is in the way of its insert, and purged before it can be read. */
class VanishingRows extends MemoryStatements {
  rollbacks = 0;

  constructor(
    tables: MemoryTables,
    private refusals: number,
  ) {
    super(tables, () => 1000);
  }

  override insertGlobals(writes: readonly InsertWrite[], now: number): ReadonlySet<string> {
    if (this.refusals > 0) return this.refuse();
    return super.insertGlobals(writes, now);
  }

  override rollback(): void {
    this.rollbacks += 1;
    super.rollback();
  }

  private refuse(): ReadonlySet<string> {
    this.refusals -= 1;
    return new Set();
  }
}

describe('a batch', () => {
  test('inserts a row where another one has just gone', async () => {
    const tables = new MemoryTables();
    const [result] = await runBatch(new VanishingRows(tables, 2), [insertWrite('a')]);
    expect(result).toMatchObject({ result: 'applied' });
    expect([tables.globals.has('a'), tables.branches.get('a')?.length]).toEqual([true, 2]);
  });

  test('never tells an insert applied that is not there', async () => {
    const tables = new MemoryTables();
    const statements = new VanishingRows(tables, 100);
    await expect(runBatch(statements, [insertWrite('a')])).rejects.toThrow('can neither be inserted nor read');
    expect([statements.rollbacks, tables.branches.size]).toEqual([1, 0]);
  });

  test('tells a failure of its commit from any other, with the reason', async () => {
    class FailingCommit extends MemoryStatements {
      override commit(): void {
        throw new Error('gone');
      }
    }
    const failure = runBatch(new FailingCommit(new MemoryTables(), () => 1000), [insertWrite('a')]);
    await expect(failure).rejects.toBeInstanceOf(CommitError);
    await expect(failure).rejects.toMatchObject({ cause: { message: 'gone' } });
  });
});
