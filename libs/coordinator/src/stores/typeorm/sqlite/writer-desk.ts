import type { Write } from '../../writes';
import type { SharedRing } from './shared-ring';
import type { SqliteWriter } from './sqlite-writer';
import { decodeWrite, type EncodedOutcomes } from './write-codec';
import { cloneError, type CallReply, type WriterCall, type WriterReply } from './writer-protocol';

/**
 * The work of the writer thread: writes from the ring, as many as may share a transaction, and calls, one at a time. The
 * connection has one transaction, so everything is carried out one after the other.
 */
export class WriterDesk {
  private readonly calls: WriterCall[] = [];
  /** Taken from the ring, and has to wait for the next transaction. */
  private kept: Write | undefined;

  /** @param maxBatch most writes in one transaction */
  constructor(
    private readonly writer: SqliteWriter,
    private readonly ring: SharedRing,
    private readonly maxBatch: number,
  ) {}

  put(call: WriterCall): void {
    this.calls.push(call);
  }

  /** Carries out what is there: a call, or a batch. @returns the reply, `undefined` when nothing is there */
  async workOnce(): Promise<WriterReply | undefined> {
    const call = this.calls.shift();
    if (call) return this.carryOut(call);
    const batch = this.takeBatch();
    return batch.length === 0 ? undefined : { outcomes: await this.execute(batch) };
  }

  private async execute(batch: readonly Write[]): Promise<EncodedOutcomes> {
    try {
      return await this.writer.execute(batch);
    } catch (error) {
      return batch.map(() => ({ ok: false, error }));
    }
  }

  private takeBatch(): Write[] {
    const batch: Write[] = [];
    const gids = new Set<string>();
    for (let write = this.takeWrite(); write; write = this.takeWrite()) {
      // Two writes to one transaction follow each other, so they cannot share a batch.
      if (batch.length === this.maxBatch || gids.has(write.gid)) {
        this.kept = write;
        break;
      }
      gids.add(write.gid);
      batch.push(write);
    }
    return batch;
  }

  private takeWrite(): Write | undefined {
    const { kept } = this;
    this.kept = undefined;
    if (kept) return kept;
    const text = this.ring.take();
    return text === undefined ? undefined : decodeWrite(text);
  }

  private async carryOut({ method, args }: WriterCall): Promise<CallReply> {
    try {
      const call = this.writer[method] as (...parameters: readonly unknown[]) => unknown;
      return { value: await call.apply(this.writer, [...args]) };
    } catch (error) {
      return { error: cloneError(error) };
    }
  }
}
