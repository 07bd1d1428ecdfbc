import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from './cleanup';

/** @returns path of a new empty folder that the clean-up removes. */
export async function temporaryFolder(cleanup: Cleanup, purpose = 'test'): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `nestjs-dtx-${purpose}-`));
  cleanup.add(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}
