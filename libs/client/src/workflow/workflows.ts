import { isDeepStrictEqual } from 'node:util';
import { checkGid, DtxError, ERROR_CODES, InvalidRequestError } from '@nestjs-dtx/protocol';
import type { BranchCaller } from '../branch/branch-caller';
import { TransactionFailedError } from '../errors/transaction-failed.error';
import { WorkflowUnknownError } from '../errors/workflow-unknown.error';
import { BranchHttp } from './branch-http';
import { Progress } from './progress';
import { endedAnswer, ongoingAnswer, unfinishedAnswer, type ResumeAnswer } from './resume-answer';
import { runWorkflow, type WorkflowFunction } from './run-workflow';
import { valueOfText } from './step-record';
import type { StoredWorkflow } from './stored-workflow';
import { unfinishedError } from './unfinished-error';
import type { WorkflowApi } from './workflow-api';
import { workflowDefinition, type WorkflowDefinition, type WorkflowOptions } from './workflow-definition';
import type { WorkflowEnd } from './workflow-end';
import { WorkflowJournal } from './workflow-journal';
import { workflowCustomData, type WorkflowRequest } from './workflow-request';

/** Everything of a start but what the registration knows. */
export type WorkflowStart = Omit<WorkflowRequest, 'trans_type' | 'query_prepared' | 'custom_data'>;

/** A callback is answered within this time, as coordinators take silence for an error. Milliseconds. */
const PATIENCE_MS = 2000;

/**
 * The workflows of this process: it runs them when somebody asks for it, and goes on with them when the coordinator calls
 * back (spec 9.6). Nothing is repeated from here: a run that has no outcome ends, and the coordinator's callback is the next.
 */
export class Workflows {
  private readonly definitions = new Map<string, WorkflowDefinition>();
  /** Runs of this process, by gid: one at a time for each. */
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly api: WorkflowApi,
    private readonly caller: BranchCaller,
  ) {}

  /**
   * Makes a function known under a name, at the start of each process that may be called back.
   *
   * @throws InvalidRequestError for a name that cannot be sent, or is taken
   */
  register<Input, Result>(name: string, run: WorkflowFunction<Input, Result>, options: WorkflowOptions): void {
    if (this.definitions.has(name)) throw new InvalidRequestError('workflow name', `'${name}' is registered already`);
    this.definitions.set(name, workflowDefinition(name, run, options));
  }

  /**
   * Runs a workflow to its end, or what is left of it. With the gid of one that has ended, nothing is done again.
   *
   * @param input JSON text, empty for none
   * @returns the result, as JSON brings it back
   * @throws TransactionFailedError it was rolled back, now or earlier
   * @throws NotFinishedError it goes on by itself: a step's outcome is unknown, or not known yet
   * @throws WorkflowChangedError, WorkflowMisuseError it goes on when the function is mended
   * @throws WorkflowUnknownError, InvalidRequestError nothing was done
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async execute(name: string, input: string, start: WorkflowStart): Promise<unknown> {
    const definition = this.definitionOf(name);
    const gid = checkGid(start.gid);
    const end = await this.alone(gid, async () => {
      const callback = typeof definition.callback === 'string' ? definition.callback : definition.callback();
      const stored = await this.api.prepare({
        ...start,
        trans_type: 'workflow',
        query_prepared: callback,
        custom_data: workflowCustomData(name, input),
      });
      checkSame(stored, name, input);
      return this.proceed(definition, stored, { givesWay: false }).catch((error: unknown) => {
        throw unfinishedError(gid, error);
      });
    });
    if (end.status === 'failed') throw new TransactionFailedError(gid, 'failed', end.reason);
    return end.result;
  }

  /**
   * Goes on with a workflow for a callback of the coordinator. The input is taken from the coordinator too, so the callback
   * needs no body: whoever can reach it cannot start anything, nor change what was asked for.
   *
   * @param name the callback's query parameter `op`
   * @param gid its query parameter `gid`
   * @returns what to answer; never rejects
   */
  async resume(name: string, gid: string): Promise<ResumeAnswer> {
    if (this.running.has(gid)) return ongoingAnswer('this workflow is being executed here');
    const answer = this.alone(gid, () => this.goOn(name, gid)).then(endedAnswer, (error: unknown) => {
      this.definitions.get(name)?.onUnfinished(gid, error);
      return unfinishedAnswer(error);
    });
    return withPatience(answer);
  }

  /** Starts no further step, waits for those under way; the coordinator has all else resumed elsewhere. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.running.values());
  }

  private async goOn(name: string, gid: string): Promise<WorkflowEnd> {
    const definition = this.definitionOf(name);
    const stored = await this.api.find(gid);
    if (!stored) throw new DtxError(ERROR_CODES.unknownTransaction, `there is no workflow ${gid}`);
    checkName(stored, name);
    return this.proceed(definition, stored, { givesWay: true });
  }

  private async proceed(
    definition: WorkflowDefinition,
    stored: StoredWorkflow,
    { givesWay }: { readonly givesWay: boolean },
  ): Promise<WorkflowEnd> {
    if (stored.end) return stored.end;
    const { gid, options } = stored;
    const journal = new WorkflowJournal(this.api, gid, givesWay);
    const { isFailure, around } = definition;
    return runWorkflow(definition.run, valueOfText(stored.input), {
      gid,
      progress: new Progress(gid, stored.rows),
      journal,
      hooks: { isFailure, around, signal: this.closing.signal },
      http: new BranchHttp(this.caller, {
        headers: options.branchHeaders ?? {},
        ...(options.requestTimeout !== undefined && { timeoutMs: options.requestTimeout * 1000 }),
      }),
      finish: (end) => journal.finish(end),
    });
  }

  private definitionOf(name: string): WorkflowDefinition {
    const definition = this.definitions.get(name);
    if (!definition) throw new WorkflowUnknownError(name);
    return definition;
  }

  /** Two runs of one workflow in one process would only be in each other's way. */
  private async alone<T>(gid: string, run: () => Promise<T>): Promise<T> {
    for (let other = this.running.get(gid); other; other = this.running.get(gid)) await other.catch(() => undefined);
    const result = run();
    this.running.set(gid, result);
    try {
      return await result;
    } finally {
      this.running.delete(gid);
    }
  }
}

function checkName(stored: StoredWorkflow, name: string): void {
  if (stored.name === name) return;
  throw new InvalidRequestError('gid', `${stored.gid} belongs to workflow '${stored.name}', not '${name}'`);
}

/** A gid is the key that makes a start repeatable, so it stands for one input. */
function checkSame(stored: StoredWorkflow, name: string, input: string): void {
  checkName(stored, name);
  if (stored.input === input || isDeepStrictEqual(valueOfText(stored.input), valueOfText(input))) return;
  throw new InvalidRequestError('input', `differs from the one that workflow ${stored.gid} was started with`);
}

async function withPatience(answer: Promise<ResumeAnswer>): Promise<ResumeAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ResumeAnswer>((resolve) => {
    timer = setTimeout(() => resolve(ongoingAnswer('this workflow is being executed')), PATIENCE_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
