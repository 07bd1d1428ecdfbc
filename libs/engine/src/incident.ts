import type { Outcome } from '@nestjs-dtx/protocol';
import type { BranchCall } from './decision';
import type { Mode } from './mode';

/** @returns whether the outcome is one the mode forbids for this call: an incident (design 3.4). */
export function isIncident(mode: Mode, call: BranchCall, outcome: Outcome): boolean {
  return outcome.kind === 'failure' && !mode.mayFail(call);
}

/** What the transaction keeps as its last error: an operator who reads it need not know the rules of the mode. */
export function incidentText(call: BranchCall, outcome: Outcome): string {
  return `${ruleOf(call)}${outcome.text}`;
}

/** @returns whether a last error is that of an incident of this very call: then it was told before, by whichever coordinator. */
export function tellsOfIncident(lastError: string, call: BranchCall): boolean {
  return lastError.startsWith(ruleOf(call));
}

function ruleOf({ branchId, op }: BranchCall): string {
  return `branch ${branchId}: ${op} must not refuse, and answered `;
}
