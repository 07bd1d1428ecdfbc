import {
  InvalidRequestError,
  optionsFromJson,
  type BranchView,
  type QueryView,
  type TransactionOptions,
  type TransactionView,
} from '@nestjs-dtx/protocol';
import { jsonObjectOf } from '../http/answer-text';
import type { StepRow } from './step';
import { valueOfText } from './step-record';
import type { WorkflowEnd } from './workflow-end';

/** A workflow as the coordinator has it. */
export interface StoredWorkflow {
  readonly gid: string;
  /** Under which the function is registered. */
  readonly name: string;
  /** What the function was given, as text; empty for nothing. */
  readonly input: string;
  readonly options: TransactionOptions;
  readonly rows: readonly StepRow[];
  /** Absent while it is under way. */
  readonly end?: WorkflowEnd;
}

/**
 * @param view the transaction with its branches, as `/query` and `/prepareWorkflow` give it (spec 2.9, 2.10)
 * @throws InvalidRequestError when the gid belongs to something else than a workflow
 */
export function storedWorkflow({
  transaction,
  branches,
}: QueryView & { transaction: TransactionView }): StoredWorkflow {
  const { gid, trans_type: type } = transaction;
  if (type !== 'workflow') throw new InvalidRequestError('gid', `${gid} belongs to a transaction of type ${type}`);
  const end = endOf(transaction);
  return {
    gid,
    ...customDataOf(transaction),
    options: optionsFromJson(transaction.options ?? ''),
    rows: branches.flatMap(rowOf),
    ...(end && { end }),
  };
}

function endOf({ status, result = '', rollback_reason: reason = '' }: TransactionView): WorkflowEnd | undefined {
  if (status === 'succeed') return { status, result: valueOfText(decoded(result)) };
  return status === 'failed' ? { status, reason } : undefined;
}

/** Spec 2.2: `{"name":…,"data":base64|null}`. */
function customDataOf({ custom_data: customData = '' }: TransactionView): { name: string; input: string } {
  const { name, data } = jsonObjectOf(customData) ?? {};
  return { name: typeof name === 'string' ? name : '', input: typeof data === 'string' ? decoded(data) : '' };
}

function rowOf({ branch_id: branchId, op, status, bin_data: data = '' }: BranchView): StepRow[] {
  return status === 'succeed' || status === 'failed' ? [{ branchId, op, status, data: decoded(data) }] : [];
}

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
