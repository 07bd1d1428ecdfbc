import { OPS, stepBranchId, type TransactionRequest } from '@nestjs-dtx/protocol';
import type { Facts } from '../command';
import type { Branch } from '../state';
import { topicOf } from './topics';

/**
 * Rows of a new message: one `action` per step, or one per subscriber where the step addresses a topic (spec 5.4). With
 * several subscribers they are numbered within the step: `01-01`, `01-02` (spec 1.3).
 *
 * @returns `undefined` when a topic has no subscribers, or does not exist
 */
export function msgBranches({ steps, payloads }: TransactionRequest, facts: Facts): Branch[] | undefined {
  const branches: Branch[] = [];
  for (const [index, { action }] of steps.entries()) {
    const topic = topicOf(action);
    const urls = topic === undefined ? [action] : (facts.topics?.get(topic) ?? []);
    if (urls.length === 0) return undefined;
    const step = stepBranchId(index);
    urls.forEach((url, subscriber) => {
      const branchId = urls.length === 1 ? step : `${step}-${stepBranchId(subscriber)}`;
      branches.push({ branchId, op: OPS.action, url, payload: payloads[index]!, status: 'prepared' });
    });
  }
  return branches;
}
