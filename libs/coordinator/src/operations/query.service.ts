import { InvalidRequestError, isGlobalStatus, isTransType, type ListView, type QueryView } from '@nestjs-dtx/protocol';
import { RefusedError } from '../transactions/refused.error';
import { refuseUnknown } from '@nestjs-dtx/engine';
import type { ListFilter } from '../stores/records';
import type { RearmResult, TransactionStore } from '../stores/transaction-store';
import { queryViewOf, transactionViewOf } from './transaction-view';

/** Filters of `/all` after validation. */
export interface ListQuery {
  readonly gid?: string;
  readonly status?: string;
  readonly transType?: string;
  readonly businessKey?: string;
  readonly position?: number;
  readonly limit: number;
  /** Epoch milliseconds. */
  readonly createTimeStart?: number;
  readonly createTimeEnd?: number;
}

/** What operators and clients look up and nudge: never on the hot path. */
export class QueryService {
  constructor(
    private readonly store: TransactionStore,
    private readonly wake: () => void,
  ) {}

  /** Spec 2.10. An unknown gid is an answer, not an error. */
  async query(gid: string): Promise<QueryView> {
    return queryViewOf(await this.store.find(gid));
  }

  /** Spec 2.10: newest first, keyset pagination by id. */
  async list(query: ListQuery): Promise<ListView> {
    if (query.gid) {
      const { transaction } = await this.query(query.gid);
      return { transactions: transaction ? [transaction] : null, next_position: '' };
    }
    const { transactions, nextBeforeId } = await this.store.list({ ...filterOf(query), limit: query.limit });
    return { transactions: transactions.map(transactionViewOf), next_position: String(nextBeforeId ?? '') };
  }

  /** Spec 2.7, `resetNextCronTime`: due now, and visited now. @throws RefusedError for an unknown gid */
  async rearm(gid: string): Promise<void> {
    if (!(await this.store.rearm(gid))) throw new RefusedError(refuseUnknown(gid));
    this.wake();
  }

  /** Spec 2.11, `resetCronTime`. @param afterSeconds only what is due later than this */
  async rearmFarFuture(afterSeconds: number, limit: number): Promise<RearmResult> {
    const result = await this.store.rearmFarFuture(afterSeconds * 1000, limit);
    if (result.count > 0) this.wake();
    return result;
  }
}

function filterOf(query: ListQuery): Omit<ListFilter, 'limit'> {
  const { status, transType, businessKey, position, createTimeStart, createTimeEnd } = query;
  if (status && !isGlobalStatus(status)) throw new InvalidRequestError('status', 'is no status of a transaction');
  if (transType && !isTransType(transType)) throw new InvalidRequestError('transType', 'is no transaction type');
  return {
    ...(status && isGlobalStatus(status) && { status }),
    ...(transType && isTransType(transType) && { transType }),
    ...(businessKey && { businessKey }),
    ...(position !== undefined && { beforeId: position }),
    ...(createTimeStart !== undefined && { createdFrom: createTimeStart }),
    ...(createTimeEnd !== undefined && { createdTo: createTimeEnd }),
  };
}
