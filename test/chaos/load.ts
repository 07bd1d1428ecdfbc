import { transferSaga } from '../support/fixture/transfer';
import type { Reply } from '../support/http';
import type { Cluster } from './cluster';

/** One submit of a load. */
export interface Submission {
  readonly gid: string;
  /** Milliseconds of a clock that never jumps. */
  readonly sentAt: number;
  readonly reply: Reply;
}

/** Distance between the submits of one client, answers apart: enough of them, and not a benchmark. Milliseconds. */
const PAUSE_MS = 10;

/** Clients that submit one new saga after the other, each of them once, until they are told to stop. */
export class Load {
  readonly submissions: Submission[] = [];
  private running = true;
  private readonly clients: Promise<void>[];

  /** Starts at once. @param name beginning of all gids */
  constructor(
    private readonly cluster: Cluster,
    private readonly name: string,
    clients: number,
  ) {
    this.clients = Array.from({ length: clients }, (_, client) => this.client(client));
  }

  /** Those that were sent after an instant. */
  sentAfter(instant: number): readonly Submission[] {
    return this.submissions.filter(({ sentAt }) => sentAt > instant);
  }

  get acknowledged(): readonly string[] {
    return this.submissions.filter(({ reply }) => reply.status === 200).map(({ gid }) => gid);
  }

  /** Resolves when the last answer is there. */
  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.clients);
  }

  private async client(client: number): Promise<void> {
    const { members, busi } = this.cluster;
    const { api } = this.cluster.member(client % members.length);
    for (let saga = 0; this.running; saga += 1) {
      const gid = `${this.name}-${client}-${saga}`;
      const sentAt = performance.now();
      const reply = await api.submit(transferSaga(busi, gid));
      this.submissions.push({ gid, sentAt, reply });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
