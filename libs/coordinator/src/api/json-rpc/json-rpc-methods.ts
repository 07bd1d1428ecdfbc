import {
  InvalidRequestError,
  newGid,
  parseAbortRequest,
  parseBranchRegistration,
  parseTransactionRequest,
  type RequestLimits,
} from '@nestjs-dtx/protocol';
import type { WaitResult } from '@nestjs-dtx/engine';
import type { TransactionService } from '../../transactions/transaction.service';
import { registrationFields } from '../http/registration-body';
import { jsonRpcWaitError, type JsonRpcError } from './json-rpc-error';

/** What a method came to; neither means success without data. */
export interface MethodResult {
  readonly result?: unknown;
  readonly error?: JsonRpcError;
}

type Method = (params: unknown) => MethodResult | Promise<MethodResult>;

const DONE: MethodResult = {};

/** The methods of spec 2.13. */
export class JsonRpcMethods {
  private readonly methods: ReadonlyMap<string, Method>;

  constructor(
    private readonly transactions: TransactionService,
    private readonly limits: RequestLimits,
  ) {
    this.methods = new Map<string, Method>([
      ['newGid', () => ({ result: { gid: newGid() } })],
      ['prepare', (params) => this.prepare(params)],
      ['submit', (params) => this.submit(params)],
      ['abort', (params) => this.abort(params)],
      ['registerBranch', (params) => this.registerBranch(params)],
    ]);
  }

  has(method: string): boolean {
    return this.methods.has(method);
  }

  /** @throws what the {@link TransactionService} throws, and InvalidRequestError */
  async call(method: string, params: unknown): Promise<MethodResult> {
    return (await this.methods.get(method)?.(params)) ?? DONE;
  }

  private async prepare(params: unknown): Promise<MethodResult> {
    await this.transactions.prepare(parseTransactionRequest(objectOf(params), this.limits));
    return DONE;
  }

  private async submit(params: unknown): Promise<MethodResult> {
    return waited(await this.transactions.submit(parseTransactionRequest(objectOf(params), this.limits)));
  }

  private async abort(params: unknown): Promise<MethodResult> {
    const { gid, rollbackReason } = parseAbortRequest(objectOf(params));
    return waited(await this.transactions.abort(gid, rollbackReason));
  }

  private async registerBranch(params: unknown): Promise<MethodResult> {
    const fields = registrationFields(objectOf(params));
    if (typeof fields === 'string') throw new InvalidRequestError('params', 'must be an object with string values');
    await this.transactions.registerBranch(parseBranchRegistration(fields, this.limits));
    return DONE;
  }
}

function objectOf(params: unknown): unknown {
  const isObject = typeof params === 'object' && !Array.isArray(params);
  if (params !== undefined && !isObject) throw new InvalidRequestError('params', 'must be a JSON object');
  return params ?? {};
}

function waited(result: WaitResult | undefined): MethodResult {
  const error = result && jsonRpcWaitError(result);
  return error ? { error } : DONE;
}
