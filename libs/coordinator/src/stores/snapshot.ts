import type { Ending, Instant, TransactionSnapshot } from '@nestjs-dtx/engine';
import { isFinalStatus, optionsFromJson, type Protocol, type TransactionOptions } from '@nestjs-dtx/protocol';
import type { LeasedTransaction, TransactionRecord, TransactionWithBranches } from './records';

/** @returns the durable part of a transaction as the engine takes it, from its rows. */
export function snapshotOf({ transaction, branches }: TransactionWithBranches): TransactionSnapshot {
  return {
    gid: transaction.gid,
    transType: transaction.transType,
    status: transaction.status,
    protocol: (transaction.protocol || 'http') as Protocol,
    queryPrepared: transaction.queryPrepared,
    customData: transaction.customData,
    businessKey: transaction.businessKey,
    options: optionsOf(transaction) ?? {},
    createdAt: transaction.createTime,
    branches: branches.map(({ branchId, op, url, payload, status }) => ({ branchId, op, url, payload, status })),
    rollbackReason: transaction.rollbackReason,
    intervalMs: (transaction.nextCronInterval ?? 0) * 1000,
    attempts: transaction.attempts,
    lastError: transaction.lastError,
  };
}

/** @returns the transaction as it is handed to a runner, with the word that it must not be run where that is so. */
export function leasedTransaction(rows: TransactionWithBranches, now: Instant): LeasedTransaction {
  const damage = damageOf(rows);
  return {
    snapshot: snapshotOf(rows),
    epoch: rows.transaction.epoch,
    now,
    ...(damage !== undefined && { damage }),
    ...(isFinalStatus(rows.transaction.status) && { ending: endingOf(rows.transaction) }),
  };
}

function endingOf({ result, finishTime, rollbackTime, updateTime }: TransactionRecord): Ending {
  return { result, at: finishTime ?? rollbackTime ?? updateTime };
}

/** @returns the options of a row, `undefined` when they cannot be read. */
export function optionsOf({ options }: Pick<TransactionRecord, 'options'>): TransactionOptions | undefined {
  try {
    return optionsFromJson(options);
  } catch {
    return undefined;
  }
}

/** A transaction of which rows are missing could be finished wrongly, and one bad row must not keep the others from being read. */
function damageOf({ transaction, branches }: TransactionWithBranches): string | undefined {
  if (transaction.branchCount !== branches.length) {
    return `branch rows are missing: ${branches.length} of ${transaction.branchCount} were read`;
  }
  return optionsOf(transaction) ? undefined : 'its options are no JSON';
}
