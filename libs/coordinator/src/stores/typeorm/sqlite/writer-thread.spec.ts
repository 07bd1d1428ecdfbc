import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertWrite } from '../../insert-write.spec-helper';
import { SqliteStore } from './sqlite-store';
import { WriterThread } from './writer-thread';

describe('the writer thread', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-thread-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  test('that dies fails what was asked of it, then and later, as an outage, and can be closed', async () => {
    const thread = new WriterThread(join(directory, 'no', 'such', 'folder.sqlite'), 10);
    const asked = [thread.call('ping'), thread.write(insertWrite('a'))];
    const outage = { code: 'DTX_STORE_UNAVAILABLE', message: expect.stringMatching(/^the store failed: /) };
    for (const call of asked) await expect(call).rejects.toMatchObject(outage);
    await expect(thread.call('ping')).rejects.toMatchObject(outage);
    await thread.close();
  });

  test('carries out requests one after the other, and none after it was closed', async () => {
    const thread = new WriterThread(join(directory, 'file.sqlite'), 10);
    const [first, second] = await Promise.all([thread.call('ping'), thread.call('ping')]);
    expect(second).toBeGreaterThanOrEqual(first);
    await thread.close();
    await expect(thread.call('ping')).rejects.toMatchObject({ code: 'DTX_STORE_UNAVAILABLE' });
    await thread.close();
  });

  test('carries out writes of any size and number, whatever has room between the threads', async () => {
    const store = new SqliteStore({ directory });
    await store.open();
    await store.close();
    const thread = new WriterThread(join(directory, 'coordinator.sqlite'), 10);
    const small = Array.from({ length: 3000 }, (_, index) => insertWrite(`small ${index}`));
    const large = insertWrite('large');
    const payload = Buffer.alloc(600_000, 'x');
    const branches = large.transaction.branches.map((branch) => ({ ...branch, payload }));
    const writes = [...small, { ...large, transaction: { ...large.transaction, branches } }];
    const results = Promise.all(writes.map((write) => thread.write(write)));
    expect(thread.size).toBe(small.length);
    await thread.flush();
    expect(thread.size).toBe(0);
    expect((await results).every(({ result }) => result === 'applied')).toBe(true);
    await thread.flush();
    await thread.close();
  });
});
