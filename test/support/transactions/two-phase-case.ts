import type { CoordinatorApi } from '../coordinator-api';
import type { FixtureService } from '../fixture/fixture-service';
import type { Reply } from '../http';
import { command, overHttp, type CommandChannel } from './command-channel';
import { TransactionCase } from './transaction-case';

/** A transaction whose branches its client calls itself, before it submits or aborts (spec 9.4, 9.5). */
export abstract class TwoPhaseCase extends TransactionCase {
  protected abstract readonly transType: 'tcc' | 'xa';
  private options: Readonly<Record<string, unknown>> = {};

  constructor(
    api: CoordinatorApi,
    busi: FixtureService,
    gid: string,
    readonly channel: CommandChannel = overHttp(`${api.url}/api/dtmsvr`),
  ) {
    super(api, busi, gid);
  }

  body(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return { gid: this.gid, trans_type: this.transType, concurrent: false, protocol: '', ...this.options, ...more };
  }

  prepare(): Promise<Reply> {
    return this.channel('prepare', this.body());
  }

  submit(more: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
    return this.channel('submit', this.body(more));
  }

  abort(rollbackReason?: string): Promise<Reply> {
    const reason = rollbackReason === undefined ? {} : { rollback_reason: rollbackReason };
    return this.channel('abort', this.body(reason));
  }

  /** Prepares. @throws CommandError unless it is accepted */
  async begin(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.options = options;
    await command(this.channel, 'prepare', this.body());
  }

  /**
   * A global transaction as SDKs do it: prepare, the client's work, then submit, or abort if the work throws.
   *
   * @throws CommandError when prepare or submit is not accepted; what the work has thrown
   */
  async run(work: () => Promise<void>, options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.begin(options);
    try {
      await work();
    } catch (error) {
      await this.abort(this.reasonOf(error));
      throw error;
    }
    await command(this.channel, 'submit', this.body());
  }

  /** Registers a branch at an endpoint, whoever has to do that in this type. */
  abstract registerBranch(id: string, name: string): Promise<Reply>;

  /** What the SDKs of this type tell the coordinator about the end. */
  protected abstract reasonOf(error: unknown): string | undefined;

  protected get branchHeaders(): Readonly<Record<string, string>> {
    return (this.options['branch_headers'] as Record<string, string> | undefined) ?? {};
  }
}
