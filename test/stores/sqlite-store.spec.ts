import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore, type TransactionStore } from '@nestjs-dtx/coordinator';
import { storeContract } from '@nestjs-dtx/testing';

const directories = new Map<TransactionStore, string>();

async function openIn(directory: string): Promise<TransactionStore> {
  const store = new SqliteStore({ directory });
  await store.open();
  directories.set(store, directory);
  return store;
}

storeContract('sqlite', {
  open: async () => openIn(await mkdtemp(join(tmpdir(), 'dtx-store-'))),
  async dispose(store) {
    await store.close();
    await rm(directories.get(store)!, { recursive: true });
  },
  async reopen(store) {
    await store.close();
    return openIn(directories.get(store)!);
  },
});
