import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuiltStoreProcess } from './built-store.spec-helper';
import { FolderLock } from './folder-lock';

const HOLD = `
  globalThis.lock = require(built + '/folder-lock.js').FolderLock.acquire(directory);
  console.log('locked');
  setInterval(() => {}, 1000);
`;
const TRY = `
  require(built + '/folder-lock.js').FolderLock.acquire(directory);
  console.log('locked');
`;

describe('the lock of a data folder', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dtx-lock-'));
  });

  afterEach(async () => {
    await BuiltStoreProcess.killAll();
    await rm(directory, { recursive: true });
  });

  async function held(): Promise<BuiltStoreProcess> {
    const holder = BuiltStoreProcess.start(HOLD, directory);
    await holder.printed(1);
    expect(holder.lines).toEqual(['locked']);
    return holder;
  }

  test('keeps another process out, which learns what to do', async () => {
    await held();
    expect(() => FolderLock.acquire(directory)).toThrow(
      expect.objectContaining({
        code: 'DTX_STORE_LOCKED',
        message: expect.stringMatching(/is in use by another coordinator: stop that one or set DATA_DIR/),
      }),
    );
  });

  test('is gone with its process, however that ended', async () => {
    const holder = await held();
    expect(() => FolderLock.acquire(directory)).toThrow('is in use');
    await holder.kill();
    FolderLock.acquire(directory).release();
  });

  test('of this process keeps others out until it is released', async () => {
    const lock = FolderLock.acquire(directory);
    const refused = BuiltStoreProcess.start(TRY, directory);
    await refused.end();
    expect(refused.lines).toEqual(['DTX_STORE_LOCKED']);
    lock.release();
    const next = BuiltStoreProcess.start(TRY, directory);
    await next.end();
    expect(next.lines).toEqual(['locked']);
  });

  test('keeps a second coordinator in the same process out as well', () => {
    const lock = FolderLock.acquire(directory);
    expect(() => FolderLock.acquire(directory)).toThrow(expect.objectContaining({ code: 'DTX_STORE_LOCKED' }));
    lock.release();
    FolderLock.acquire(directory).release();
  });

  test('makes the folder, with those above it', () => {
    const below = join(directory, 'a', 'b');
    FolderLock.acquire(below).release();
    expect(existsSync(below)).toBe(true);
  });

  test('of a folder that cannot be written says which and what to do', async () => {
    // A file where the folder should be: even a process of root cannot write below it.
    const file = join(directory, 'file');
    await writeFile(file, '');
    expect(() => FolderLock.acquire(join(file, 'data'))).toThrow(
      expect.objectContaining({
        code: 'DTX_STORE_UNAVAILABLE',
        message: `the data folder ${join(file, 'data')} cannot be written: make it writable or set DATA_DIR to another one`,
      }),
    );
  });

  test('that cannot be written itself says which folder', async () => {
    await writeFile(
      join(directory, 'coordinator.lock'),
      'no database, but long enough to be taken for a broken one'.repeat(20),
    );
    expect(() => FolderLock.acquire(directory)).toThrow(expect.objectContaining({ code: 'DTX_STORE_UNAVAILABLE' }));
  });
});
