import {
  modeOf,
  refuseUnknown,
  topicOf,
  type Command,
  type StoredTransaction,
  type WaitResult,
} from '@nestjs-dtx/engine';
import {
  hasGrpcScheme,
  InvalidRequestError,
  type BranchRegistration,
  type TransactionRequest,
  type TransType,
} from '@nestjs-dtx/protocol';
import type { TransactionWithBranches } from '../stores/records';
import { optionsOf } from '../stores/snapshot';
import type { CommandExecutor, Started } from './command-executor';
import { RefusedError } from './refused.error';
import type { RunEnvironment } from './run-environment';
import type { TransactionRunner, WaitAnswer } from './transaction-runner';

/** The commands of clients, for every transport: controllers only translate. */
export class TransactionService {
  constructor(
    private readonly environment: RunEnvironment,
    private readonly runner: TransactionRunner,
    private readonly executor: CommandExecutor,
  ) {}

  /** Spec 2.5. @throws RefusedError, InvalidRequestError, DtxError of the store */
  async prepare(request: TransactionRequest): Promise<void> {
    this.checkUrls(request);
    await this.executor.execute({ kind: 'prepare', request }, modeOf(request.transType));
  }

  /**
   * Spec 2.6. Durable when it resolves; with `wait_result` the pass is over then.
   *
   * @returns what to tell a waiting client, `undefined` if it does not wait
   * @throws RefusedError, InvalidRequestError, DtxError `DTX_OVERLOADED`, `DTX_SHUTTING_DOWN` or of the store
   */
  async submit(request: TransactionRequest): Promise<WaitResult | undefined> {
    const { faults } = this.environment;
    if (faults) await faults.reach('submit-received', request.gid);
    this.checkUrls(request);
    const known = COMES_PREPARED.has(request.transType) ? presumedPrepared(request.transType) : undefined;
    const { end } = await this.executor.execute({ kind: 'submit', request }, modeOf(request.transType), known);
    return request.options.waitResult ? this.waited(request.gid, 'submit', end) : undefined;
  }

  /**
   * Spec 2.7.
   *
   * @returns what to tell the client if the transaction was prepared with `wait_result`
   */
  async abort(gid: string, rollbackReason: string): Promise<WaitResult | undefined> {
    const { end, waits } = await this.acceptStored({ kind: 'abort', gid, rollbackReason }, gid);
    return waits && end ? this.waited(gid, 'abort', end) : undefined;
  }

  /** Spec 2.7. A run in progress notices by its next write. */
  async forceStop(gid: string): Promise<void> {
    await this.acceptStored({ kind: 'forceStop', gid }, gid);
  }

  /**
   * Spec 2.8: adds branches to a prepared transaction.
   *
   * @throws RefusedError when it is not prepared, or has other branches under the same ids
   */
  async registerBranch({ gid, transType, branches, protocol = 'http' }: BranchRegistration): Promise<void> {
    for (const { op, url } of branches) {
      const problem = this.environment.dispatcher.problemWith(url, protocol);
      if (problem) throw new InvalidRequestError(transType === 'tcc' ? op : 'url', problem);
    }
    const command = { kind: 'register', gid, transType, branches } as const;
    await this.executor.execute(command, modeOf(transType), presumedPrepared(transType));
  }

  /**
   * Spec 2.9: creates a workflow, or finds what is there under its gid, whatever that is.
   *
   * @returns the transaction with its progress
   */
  async prepareWorkflow(request: TransactionRequest): Promise<TransactionWithBranches> {
    if (request.transType !== 'workflow') throw new InvalidRequestError('trans_type', 'must be workflow');
    this.checkUrls(request);
    await this.executor.execute({ kind: 'prepare', request }, modeOf('workflow')).catch((error: unknown) => {
      // The gid belongs to a transaction of another type, and its owner is told which.
      if (!(error instanceof RefusedError)) throw error;
    });
    const found = await this.environment.store.find(request.gid);
    if (!found) throw new RefusedError(refuseUnknown(request.gid));
    return found;
  }

  private async waited(gid: string, asked: 'submit' | 'abort', end?: Promise<WaitAnswer>): Promise<WaitResult> {
    const answer = await (end ?? this.runner.storedAnswer(gid));
    return answer(asked);
  }

  private async acceptStored(command: Command, gid: string): Promise<Started & { readonly waits: boolean }> {
    const found = await this.environment.store.find(gid);
    if (!found) throw new RefusedError(refuseUnknown(gid));
    const { transType, status, branchCount } = found.transaction;
    const { end } = await this.executor.execute(command, modeOf(transType), { transType, status, branchCount });
    const waits = optionsOf(found.transaction)?.waitResult === true;
    return end ? { end, waits } : { waits };
  }

  private checkUrls(request: TransactionRequest): void {
    const { dispatcher } = this.environment;
    const check = (url: string, field: string, protocol = request.protocol): void => {
      const problem = dispatcher.problemWith(url, protocol);
      if (problem) throw new InvalidRequestError(field, problem);
    };
    check(request.queryPrepared, 'query_prepared');
    checkOnComplete(request.options.onComplete ?? '');
    check(request.options.onComplete ?? '', 'on_complete', 'http');
    const isMsg = request.transType === 'msg';
    request.steps.forEach(({ action, compensate }, index) => {
      if (!isMsg || topicOf(action) === undefined) check(action, `steps[${index}].action`);
      check(compensate, `steps[${index}].compensate`);
    });
    if (request.protocol === 'json-rpc') this.checkPayloads(request);
  }

  /** What cannot be sent is told now: a call of it would be retried for ever. */
  private checkPayloads({ steps, payloads, protocol }: TransactionRequest): void {
    steps.forEach(({ action, compensate }, index) => {
      for (const url of [action, compensate]) {
        const problem = this.environment.dispatcher.payloadProblemWith(url, protocol, payloads[index]!);
        if (problem) throw new InvalidRequestError(`payloads[${index}]`, problem);
      }
    });
  }
}

/** It is told in JSON, which is no message of gRPC. @throws InvalidRequestError */
function checkOnComplete(url: string): void {
  if (hasGrpcScheme(url)) throw new InvalidRequestError('on_complete', 'must not be a URL of gRPC');
}

/** Types whose branches are registered before the submit, so that almost none comes unprepared; sagas and messages do. */
const COMES_PREPARED: ReadonlySet<TransType> = new Set<TransType>(['tcc', 'xa', 'workflow']);

/** Saves a look at the row: what is really there comes with the refusal of the write, and the command is accepted again. */
function presumedPrepared(transType: TransType): StoredTransaction {
  return { transType, status: 'prepared', branchCount: 0 };
}
