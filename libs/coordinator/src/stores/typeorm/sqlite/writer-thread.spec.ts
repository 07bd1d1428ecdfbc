import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertWrite } from '../../insert-write.spec-helper';
import { WriterThread } from './writer-thread';

describe('the writer thread', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-thread-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  test('that dies fails what was asked of it, then and later, as an outage, and can be closed', async () => {
    const thread = new WriterThread(join(directory, 'no', 'such', 'folder.sqlite'));
    const asked = [thread.call('ping'), thread.execute([insertWrite('a')])];
    const outage = { code: 'DTX_STORE_UNAVAILABLE', message: expect.stringMatching(/^the store failed: /) };
    for (const call of asked) await expect(call).rejects.toMatchObject(outage);
    await expect(thread.call('ping')).rejects.toMatchObject(outage);
    await thread.close();
  });

  test('carries out requests one after the other, and none after it was closed', async () => {
    const thread = new WriterThread(join(directory, 'file.sqlite'));
    const [first, second] = await Promise.all([thread.call('ping'), thread.call('ping')]);
    expect(second).toBeGreaterThanOrEqual(first);
    await thread.close();
    await expect(thread.call('ping')).rejects.toMatchObject({ code: 'DTX_STORE_UNAVAILABLE' });
    await thread.close();
  });
});
