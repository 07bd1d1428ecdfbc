import type { Applied, Write, WriteResult } from '../writes';
import { insertWrite } from '../insert-write.spec-helper';
import type { BatchOutcome } from './batch-outcome';
import { WriteBatcher } from './write-batcher';

/** A batch that has been handed to the executor and waits for its end. */
interface Handed {
  readonly gids: readonly string[];
  succeed(): Promise<void>;
  answer(outcomes: readonly BatchOutcome[]): Promise<void>;
  reject(error: Error): Promise<void>;
}

/** An executor whose batches end when the test says so. */
class HandDriven {
  readonly handed: Handed[] = [];

  readonly execute = (writes: readonly Write[]): Promise<readonly BatchOutcome[]> =>
    new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        end();
        return turn();
      };
      this.handed.push({
        gids: writes.map(({ gid }) => gid),
        succeed: () => settle(() => resolve(writes.map(({ gid }) => ({ ok: true, result: applied(gid) })))),
        answer: (outcomes) => settle(() => resolve(outcomes)),
        reject: (error) => settle(() => reject(error)),
      });
    });

  get batches(): string[] {
    return this.handed.map(({ gids }) => gids.join(' '));
  }
}

/** A result that tells whose it is. */
const applied = (gid: string): Applied => ({ result: 'applied', now: gid.length, epoch: gid.charCodeAt(0) });

/** What a write fails with; the write itself, if it does not. */
const errorOf = async (write: Promise<unknown> | undefined): Promise<unknown> => {
  try {
    return await write;
  } catch (error) {
    return error;
  }
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the batcher of writes', () => {
  let executor: HandDriven;

  beforeEach(() => {
    executor = new HandDriven();
  });

  const batcherWith = (maxBatch = 100, depth = 1): WriteBatcher =>
    new WriteBatcher(executor.execute, { maxBatch, depth });

  function write(batcher: WriteBatcher, ...gids: string[]): Promise<WriteResult>[] {
    return gids.map((gid) => batcher.write(insertWrite(gid)));
  }

  test('puts what comes in one turn into one batch, and what comes meanwhile into the next', async () => {
    const batcher = batcherWith();
    const first = write(batcher, 'a', 'b');
    expect(executor.batches).toEqual([]);
    await turn();
    const second = write(batcher, 'c', 'd', 'e');
    await turn();
    expect(executor.batches).toEqual(['a b']);
    await executor.handed[0]!.succeed();
    expect(executor.batches).toEqual(['a b', 'c d e']);
    await executor.handed[1]!.succeed();
    expect(await Promise.all([...first, ...second])).toEqual(['a', 'b', 'c', 'd', 'e'].map(applied));
  });

  test('does not make batches larger than allowed', async () => {
    const batcher = batcherWith(2);
    const writes = write(batcher, 'a', 'b', 'c', 'd', 'e');
    await turn();
    await executor.handed[0]!.succeed();
    await executor.handed[1]!.succeed();
    await executor.handed[2]!.succeed();
    expect(executor.batches).toEqual(['a b', 'c d', 'e']);
    await Promise.all(writes);
  });

  test('never puts two writes of one gid into one batch, and keeps their order', async () => {
    const batcher = batcherWith();
    const order: number[] = [];
    const writes = write(batcher, 'a', 'a', 'b', 'a').map(async (result, index) => {
      await result;
      order.push(index);
    });
    await turn();
    for (let batch = 0; batch < 3; batch += 1) await executor.handed[batch]!.succeed();
    expect(executor.batches).toEqual(['a b', 'a', 'a']);
    await Promise.all(writes);
    expect(order).toEqual([0, 2, 1, 3]);
  });

  test('does not let a write overtake an earlier one of its gid that found the batch full', async () => {
    const batcher = batcherWith(2);
    const writes = write(batcher, 'a', 'b', 'c', 'c', 'd');
    await turn();
    for (let batch = 0; batch < 3; batch += 1) await executor.handed[batch]!.succeed();
    expect(executor.batches).toEqual(['a b', 'c d', 'c']);
    await Promise.all(writes);
  });

  test('hands over as many batches as may be on their way', async () => {
    const batcher = batcherWith(1, 2);
    const writes = write(batcher, 'a', 'b', 'c');
    await turn();
    expect(executor.batches).toEqual(['a', 'b']);
    await executor.handed[0]!.succeed();
    expect(executor.batches).toEqual(['a', 'b', 'c']);
    await executor.handed[1]!.succeed();
    await executor.handed[2]!.succeed();
    await Promise.all(writes);
  });

  test('hands over the next batch before it tells what became of the last one', async () => {
    const batcher = batcherWith();
    const [first] = write(batcher, 'a');
    const seen = first!.then(() => executor.batches);
    await turn();
    const [second] = write(batcher, 'b');
    await executor.handed[0]!.succeed();
    expect(await seen).toEqual(['a', 'b']);
    await executor.handed[1]!.succeed();
    await second;
  });

  describe('with several batches under way', () => {
    test('never has a gid in two of them, whatever else goes on', async () => {
      const batcher = batcherWith(100, 3);
      const order: number[] = [];
      const note = (writes: readonly Promise<unknown>[]) =>
        writes.map(async (result) => {
          const index = count++;
          await result;
          order.push(index);
        });
      let count = 0;
      const writes = note(write(batcher, 'a', 'b'));
      await turn();
      writes.push(...note(write(batcher, 'a', 'c', 'a')));
      await turn();
      writes.push(...note(write(batcher, 'd', 'c', 'b')));
      await turn();
      expect(executor.batches).toEqual(['a b', 'c', 'd']);
      await executor.handed[2]!.succeed();
      expect(executor.batches).toEqual(['a b', 'c', 'd']);
      await executor.handed[0]!.succeed();
      expect(executor.batches).toEqual(['a b', 'c', 'd', 'a b']);
      await executor.handed[1]!.succeed();
      await executor.handed[3]!.succeed();
      expect(executor.batches.slice(4)).toEqual(['c', 'a']);
      await executor.handed[4]!.succeed();
      await executor.handed[5]!.succeed();
      await Promise.all(writes);
      expect(order).toEqual([5, 0, 1, 3, 2, 7, 6, 4]);
    });

    test('starts a further one only when enough writes wait for it, and any as soon as none is under way', async () => {
      const batcher = new WriteBatcher(executor.execute, { maxBatch: 100, depth: 2, overlapFrom: 3 });
      const writes = write(batcher, 'a');
      await turn();
      writes.push(...write(batcher, 'b', 'c'));
      await turn();
      expect(executor.batches).toEqual(['a']);
      writes.push(...write(batcher, 'd'));
      await turn();
      expect(executor.batches).toEqual(['a', 'b c d']);
      writes.push(...write(batcher, 'e', 'f', 'g', 'h'));
      await turn();
      expect(executor.batches).toEqual(['a', 'b c d']);
      await executor.handed[1]!.succeed();
      expect(executor.batches).toEqual(['a', 'b c d', 'e f g h']);
      writes.push(...write(batcher, 'i'));
      for (const index of [0, 2, 3]) await executor.handed[index]!.succeed();
      expect(executor.batches).toEqual(['a', 'b c d', 'e f g h', 'i']);
      await Promise.all(writes);
    });

    test('gives answers in the order in which their batches ended', async () => {
      const batcher = batcherWith(1, 2);
      const order: string[] = [];
      const writes = write(batcher, 'a', 'b', 'c').map((result, index) => result.then(() => order.push('abc'[index]!)));
      await turn();
      const ended = [executor.handed[1]!.succeed(), executor.handed[0]!.succeed()];
      await Promise.all(ended);
      await executor.handed[2]!.succeed();
      await Promise.all(writes);
      expect(order).toEqual(['b', 'a', 'c']);
    });
  });

  describe('when too many writes wait', () => {
    const insert = (gid: string) => insertWrite(gid);
    const refused = { code: 'DTX_OVERLOADED' };

    test('refuses new work at once, and takes it again when there is room', async () => {
      const batcher = new WriteBatcher(executor.execute, { maxBatch: 1, depth: 1, maxQueued: 2 });
      const first = batcher.write(insert('a'));
      await turn();
      const waiting = [batcher.write(insert('b')), batcher.write(insert('c'))];
      await expect(batcher.write(insert('d'))).rejects.toMatchObject(refused);
      await executor.handed[0]!.succeed();
      const next = batcher.write(insert('e'));
      await expect(batcher.write(insert('f'))).rejects.toMatchObject(refused);
      for (const index of [1, 2, 3]) await executor.handed[index]!.succeed();
      expect(await Promise.all([first, ...waiting, next])).toEqual(['a', 'b', 'c', 'e'].map(applied));
      expect(executor.batches).toEqual(['a', 'b', 'c', 'e']);
    });

    test('never refuses the progress of a runner', async () => {
      const batcher = new WriteBatcher(executor.execute, { maxBatch: 10, depth: 1, maxQueued: 0 });
      await expect(batcher.write(insert('a'))).rejects.toMatchObject(refused);
      const progress = batcher.write({ kind: 'advance', gid: 'a', epoch: 1, branches: [] });
      await turn();
      await executor.handed[0]!.succeed();
      expect(await progress).toEqual(applied('a'));
    });
  });

  test('gives each write its own outcome, an error included', async () => {
    const [good, bad] = write(batcherWith(), 'a', 'b');
    await turn();
    const refused = errorOf(bad);
    await executor.handed[0]!.answer([
      { ok: true, result: applied('a') },
      { ok: false, error: new Error('poisoned') },
    ]);
    expect(await refused).toEqual(new Error('poisoned'));
    expect(await good).toEqual(applied('a'));
  });

  test('fails a write for which the executor gives no outcome', async () => {
    const [good, forgotten] = write(batcherWith(), 'a', 'b');
    await turn();
    const refused = errorOf(forgotten);
    await executor.handed[0]!.answer([{ ok: true, result: applied('a') }]);
    expect(await refused).toEqual(new Error('the batch executor gave no outcome for this write'));
    await good;
  });

  test('fails the whole batch when the executor does, and goes on with the next', async () => {
    const batcher = batcherWith();
    const first = write(batcher, 'a', 'b');
    await turn();
    const second = write(batcher, 'c');
    const refused = Promise.all(first.map(errorOf));
    await executor.handed[0]!.reject(new Error('gone'));
    expect(await refused).toEqual([new Error('gone'), new Error('gone')]);
    await executor.handed[1]!.succeed();
    expect(await second[0]).toEqual(applied('c'));
  });

  test('goes on when the executor throws instead of rejecting', async () => {
    let broken = true;
    const batcher = new WriteBatcher((writes) => {
      if (broken) throw new Error('broken');
      return Promise.resolve(writes.map(({ gid }) => ({ ok: true, result: applied(gid) })));
    });
    await expect(batcher.write(insertWrite('a'))).rejects.toThrow('broken');
    broken = false;
    expect(await batcher.write(insertWrite('b'))).toEqual(applied('b'));
  });

  test('flushes: resolves when everything written so far has been answered, at once if there is nothing', async () => {
    const batcher = batcherWith(1);
    await batcher.flush();
    const writes = write(batcher, 'a', 'b');
    let isFlushed = false;
    const flushed = batcher.flush().then(() => (isFlushed = true));
    await turn();
    await executor.handed[0]!.succeed();
    expect(isFlushed).toBe(false);
    await executor.handed[1]!.succeed();
    await flushed;
    await Promise.all(writes);
  });
});
