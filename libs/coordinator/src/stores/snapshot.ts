import type { TransactionSnapshot } from '@nestjs-dtx/engine';
import { optionsFromJson, type Protocol } from '@nestjs-dtx/protocol';
import type { TransactionWithBranches } from './records';

/** @returns the durable part of a transaction as the engine takes it, from its rows. */
export function snapshotOf({ transaction, branches }: TransactionWithBranches): TransactionSnapshot {
  return {
    gid: transaction.gid,
    transType: transaction.transType,
    status: transaction.status,
    protocol: (transaction.protocol || 'http') as Protocol,
    queryPrepared: transaction.queryPrepared,
    customData: transaction.customData,
    options: optionsFromJson(transaction.options),
    createdAt: transaction.createTime,
    branches: branches.map(({ branchId, op, url, payload, status }) => ({ branchId, op, url, payload, status })),
    rollbackReason: transaction.rollbackReason,
    intervalMs: (transaction.nextCronInterval ?? 0) * 1000,
    attempts: transaction.attempts,
    lastError: transaction.lastError,
  };
}

/** What a dead store row says instead of being run: rows of it are missing, and running it could finish it wrongly (B4). */
export function missingBranches({ transaction, branches }: TransactionWithBranches): string | undefined {
  if (transaction.branchCount === branches.length) return undefined;
  return `branch rows are missing: ${branches.length} of ${transaction.branchCount} were read`;
}
