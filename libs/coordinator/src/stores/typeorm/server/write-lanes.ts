import { WriteBatcher, type WriteBatcherOptions } from '../../batch/write-batcher';
import type { BatchOutcome } from '../../batch/batch-outcome';
import type { Write, WriteResults } from '../../writes';
import type { WriteLane } from './write-lane';

/**
 * One batcher, and as many lanes as it may have batches under way. A lane that is free is taken from the top, so that under
 * little load only the first one works.
 */
export class WriteLanes {
  private readonly batcher: WriteBatcher;
  private readonly free: WriteLane[];

  /** @param makeLane connects when it is first used */
  constructor(
    makeLane: () => WriteLane,
    private readonly options: WriteBatcherOptions,
  ) {
    this.free = Array.from({ length: options.depth }, makeLane);
    this.batcher = new WriteBatcher((writes) => this.execute(writes), options);
  }

  write<W extends Write>(write: W): Promise<WriteResults[W['kind']]> {
    return this.batcher.write(write);
  }

  /** Resolves when everything written so far has been answered and the sessions are given back. */
  async close(): Promise<void> {
    await this.batcher.flush();
    for (const lane of this.free) await lane.close();
  }

  private async execute(writes: readonly Write[]): Promise<readonly BatchOutcome[]> {
    const lane = this.free.pop();
    if (!lane) throw new Error(`more than ${this.options.depth} batches are under way`);
    try {
      return await lane.execute(writes);
    } finally {
      this.free.push(lane);
    }
  }
}
