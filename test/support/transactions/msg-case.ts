import { OPS, RESERVED_BRANCH_ID } from '@nestjs-dtx/protocol';
import type { CoordinatorApi } from '../coordinator-api';
import type { FixtureService } from '../fixture/fixture-service';
import { payload } from '../fixture/transfer';
import type { Reply } from '../http';
import { BranchError, callBranch, type BranchResult } from './branch-request';
import { command, overHttp, type CommandChannel } from './command-channel';
import { TransactionCase } from './transaction-case';

/** One 2-phase message under test: to OUT, then to IN, unless the row says otherwise; its check-back is QP. */
export class MsgCase extends TransactionCase {
  constructor(
    api: CoordinatorApi,
    busi: FixtureService,
    gid: string,
    private readonly channel: CommandChannel = overHttp(`${api.url}/api/dtmsvr`),
  ) {
    super(api, busi, gid);
  }

  body(options: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return {
      gid: this.gid,
      trans_type: 'msg',
      steps: [{ action: this.url('OUT') }, { action: this.url('IN') }],
      payloads: [payload(), payload()],
      concurrent: false,
      protocol: '',
      ...options,
    };
  }

  prepare(options: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
    return this.channel('prepare', this.body({ query_prepared: this.url('QP'), ...options }));
  }

  submit(options: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
    return this.channel('submit', this.body(options));
  }

  abort(): Promise<Reply> {
    return this.channel('abort', { gid: this.gid, trans_type: 'msg' });
  }

  /** Prepares. @throws CommandError unless it is accepted */
  begin(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    return command(this.channel, 'prepare', this.body({ query_prepared: this.url('QP'), ...options }));
  }

  /** Submits. @throws CommandError unless it is accepted */
  start(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    return command(this.channel, 'submit', this.body(options));
  }

  /**
   * The local transaction and the message together, as SDKs do it (spec 9.3): when the local work throws, its own check-back
   * tells whether it was committed.
   *
   * @throws what the local work has thrown; CommandError
   */
  async doAndSubmit(local: () => Promise<void>, options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.begin(options);
    try {
      await local();
    } catch (error) {
      const committed = await this.checkBack();
      if (committed === 'ok') await this.submit(options);
      else if (committed === 'fail') await this.abort();
      throw error;
    }
    await this.start(options);
  }

  /** Asks the sender's own check-back. */
  async checkBack(): Promise<BranchResult> {
    const info = { dtm: this.dtm, gid: this.gid, branch_id: RESERVED_BRANCH_ID, trans_type: 'msg', op: OPS.msg };
    try {
      await callBranch({ url: this.url('QP'), info });
      return 'ok';
    } catch (error) {
      if (error instanceof BranchError) return error.result;
      throw error;
    }
  }
}
