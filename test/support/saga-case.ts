import type { CoordinatorApi } from './coordinator-api';
import type { FixtureService } from './fixture/fixture-service';
import { step, transferSaga } from './fixture/transfer';
import type { Reply } from './http';
import { overHttp, type CommandChannel } from './transactions/command-channel';
import { TransactionCase } from './transactions/transaction-case';

/** One saga under test: OUT, then IN, unless the row says otherwise. */
export class SagaCase extends TransactionCase {
  private readonly channel: CommandChannel;

  constructor(api: CoordinatorApi, busi: FixtureService, gid: string, channel?: CommandChannel) {
    super(api, busi, gid);
    this.channel = channel ?? overHttp(`${api.url}/api/dtmsvr`);
  }

  /** URLs of a step at the fixture. */
  step(name: string, compensate?: string): Record<'action' | 'compensate', string> {
    return step(this.busi, name, compensate);
  }

  body(options: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return transferSaga(this.busi, this.gid, options);
  }

  submit(options: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
    return this.channel('submit', this.body(options));
  }

  /** Submits and fails unless it is accepted. */
  async start(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const reply = await this.submit(options);
    if (reply.status !== 200) throw new Error(`submit of ${this.gid}: ${reply.status} ${reply.text}`);
  }
}
