import { insertWrite } from '../../insert-write.spec-helper';
import type { Write } from '../../writes';
import { SharedRing } from './shared-ring';
import type { SqliteWriter } from './sqlite-writer';
import { encodeOutcomes, encodeWrite } from './write-codec';
import { WriterDesk } from './writer-desk';
import type { WriterReply } from './writer-protocol';

const APPLIED = { ok: true, result: { result: 'applied', now: 1, epoch: 1 } } as const;

/** Which writes share a transaction; what a transaction does is told where the writer is tested. */
describe('the desk of the writer thread', () => {
  let batches: string[][];
  let failure: Error | undefined;
  let ring: SharedRing;
  let desk: WriterDesk;

  beforeEach(() => {
    batches = [];
    failure = undefined;
    ring = SharedRing.create();
    const execute = (writes: readonly Write[]) => {
      if (failure) return Promise.reject(failure);
      batches.push(writes.map(({ gid }) => gid));
      return Promise.resolve(encodeOutcomes(writes.map(() => APPLIED)));
    };
    const ping = () => {
      if (failure) throw failure;
      return 7;
    };
    desk = new WriterDesk({ execute, ping } as unknown as SqliteWriter, SharedRing.of(ring.memory), 3);
  });

  const put = (...gids: string[]) => gids.forEach((gid) => ring.offer(encodeWrite(insertWrite(gid))));

  async function workAll(): Promise<WriterReply[]> {
    const replies: WriterReply[] = [];
    for (let reply = await desk.workOnce(); reply; reply = await desk.workOnce()) replies.push(reply);
    return replies;
  }

  test('makes one batch of what is there', async () => {
    put('a', 'b');
    expect(await workAll()).toEqual([{ outcomes: '[1,1,1]' }]);
    expect(batches).toEqual([['a', 'b']]);
  });

  test('keeps to the most writes of a batch', async () => {
    put('a', 'b', 'c', 'd', 'e', 'f', 'g');
    await workAll();
    expect(batches).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
  });

  test('never puts two writes of one transaction into a batch, and keeps the order of all', async () => {
    put('a', 'b', 'a', 'a', 'c');
    await workAll();
    expect(batches).toEqual([['a', 'b'], ['a'], ['a', 'c']]);
  });

  test('answers calls in their order, between the batches and ahead of writes that wait', async () => {
    put('a');
    desk.put({ method: 'ping', args: [] });
    desk.put({ method: 'ping', args: [] });
    expect(await workAll()).toEqual([{ value: 7 }, { value: 7 }, { outcomes: '[1,1]' }]);
  });

  test('fails a call, and every write of a batch, with what the writer throws', async () => {
    failure = Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    put('a', 'b');
    desk.put({ method: 'ping', args: [] });
    const failed = { ok: false, error: failure };
    expect(await workAll()).toEqual([
      { error: { message: 'full', code: 'SQLITE_FULL' } },
      { outcomes: [failed, failed] },
    ]);
  });
});
