import { WORKFLOW_SERVICE } from '@nestjs-dtx/protocol';
import type { CoordinatorApi } from '../coordinator-api';
import type { FixtureService } from '../fixture/fixture-service';
import type { Reply } from '../http';
import type { Word } from '../fixture/answer';
import type { ScriptFunction } from '../fixture/script';
import { BranchError } from './branch-request';
import { CommandError, isAccepted, overHttp, type CommandChannel, type CommandName } from './command-channel';
import { TransactionCase } from './transaction-case';
import { WorkflowRun, type WorkflowView } from './workflow-run';

/** The code of a workflow. @returns its result */
export type WorkflowFunction = (run: WorkflowRun) => Promise<string>;

/** Name under which every workflow of the tests is registered. */
const NAME = 'transfer';
const DATA = Buffer.from('{"amount":30}');

/** One workflow under test, executed as existing SDKs do it (spec 9.6). Its resume callback is the endpoint `resume`. */
export class WorkflowCase extends TransactionCase {
  private readonly channel: CommandChannel;
  private work: WorkflowFunction = () => Promise.resolve('');
  private options: Readonly<Record<string, unknown>> = {};

  constructor(api: CoordinatorApi, busi: FixtureService, gid: string, channel?: CommandChannel) {
    super(api, busi, gid);
    this.channel = channel ?? overHttp(this.dtm);
  }

  /** Registers the code, and the endpoint that resumes it. */
  register(work: WorkflowFunction, options: Readonly<Record<string, unknown>> = {}): void {
    this.work = work;
    this.options = options;
    this.answers({ [this.isGrpc ? 'Execute' : 'resume']: this.resume() });
  }

  prepare(): Promise<Reply> {
    return this.send('prepareWorkflow', {
      query_prepared: this.resumeUrl,
      custom_data: JSON.stringify({ name: NAME, data: DATA.toString('base64') }),
      protocol: '',
      ...this.options,
    });
  }

  submit(outcome: Readonly<Record<string, string>>): Promise<Reply> {
    return this.send('submit', { req_extra: { rollback_reason: '', result: '', ...outcome } });
  }

  /** @param row in the words of the request: `branch_id`, `op`, `status`, `data` */
  record(row: Readonly<Record<string, string>>): Promise<Reply> {
    return this.send('registerBranch', row);
  }

  /**
   * Executes the workflow, or goes on with it.
   *
   * @returns its result
   * @throws BranchError `fail` when it was rolled back, other errors when it is not finished
   */
  async execute(): Promise<string> {
    const { transaction, progresses } = (await this.prepare()).json as WorkflowView;
    if (transaction.status === 'succeed') return Buffer.from(transaction.result ?? '', 'base64').toString();
    if (transaction.status === 'failed') throw new BranchError('fail', transaction.rollback_reason ?? '');
    const run = new WorkflowRun(this.gid, (row) => this.record(row), progresses);
    let result: string;
    try {
      result = await this.work(run);
    } catch (error) {
      if (!(error instanceof BranchError) || error.result !== 'fail') throw error;
      await run.rollBack();
      await this.finish({ status: 'failed', rollback_reason: error.message });
      throw error;
    }
    await run.commit();
    await this.finish({ status: 'succeed', result: Buffer.from(result).toString('base64') });
    return result;
  }

  /** The rows that were recorded, in their order: `01:action S`. */
  async recorded(): Promise<string[]> {
    const { branches } = await this.api.query(this.gid);
    return branches.map(({ branch_id: id, op, status }) => `${id}:${op} ${status === 'succeed' ? 'S' : 'F'}`);
  }

  /** How often the coordinator has called back. */
  get resumes(): number {
    return this.records.filter(({ endpoint }) => endpoint === 'resume' || endpoint === 'Execute').length;
  }

  private get resumeUrl(): string {
    return this.isGrpc ? `${this.busi.grpcAddress}${WORKFLOW_SERVICE.Execute.path}` : this.url('resume');
  }

  private resume(): ScriptFunction {
    return async (): Promise<Word> => {
      try {
        await this.execute();
        return 'ok';
      } catch (error) {
        return error instanceof BranchError ? error.result : 'err';
      }
    };
  }

  private async finish(outcome: Readonly<Record<string, string>>): Promise<void> {
    const reply = await this.submit(outcome);
    if (!isAccepted(reply)) throw new CommandError('submit', reply);
  }

  private send(name: CommandName, body: Readonly<Record<string, unknown>>): Promise<Reply> {
    return this.channel(name, { gid: this.gid, trans_type: 'workflow', ...body });
  }
}
