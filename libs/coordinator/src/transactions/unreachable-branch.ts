import type { NewTransaction } from '@nestjs-dtx/engine';
import { InvalidRequestError } from '@nestjs-dtx/protocol';
import type { BranchDispatcher } from '../dispatch/branch-dispatcher';

/**
 * Looks at the branches that a message has by its topics. Anybody may subscribe anything: what cannot be delivered is told to
 * who sends it, instead of being tried for ever.
 *
 * @returns what is wrong with the first branch that cannot be called, `undefined` if all can be
 */
export function unreachableBranch(
  { branches, protocol }: NewTransaction,
  dispatcher: BranchDispatcher,
): InvalidRequestError | undefined {
  for (const { url, payload } of branches) {
    const problem = dispatcher.problemWith(url, protocol);
    if (problem) return new InvalidRequestError('steps', `name a topic with a subscriber whose URL ${problem}`);
    const unfit = dispatcher.payloadProblemWith(url, protocol, payload);
    if (unfit) return new InvalidRequestError('payloads', `of a step with a topic ${unfit}`);
  }
  return undefined;
}
