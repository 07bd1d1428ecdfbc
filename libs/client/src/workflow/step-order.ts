/**
 * Ids of a workflow's branches are pairs of digits, in turns of two levels: steps that follow each other (`01`, `02` …), and
 * the lanes of a `wf.all` that run beside each other. So `02` is a step or a `wf.all`, `0203` the third lane of that one and
 * `020301` the first step in it.
 */
const PAIR = 2;

/** @see compareBranches */
export type BranchOrder = 'same' | 'before' | 'after' | 'beside' | 'instead';

/**
 * @returns how the second branch stands to the first: `beside` it in another lane, or `instead` of it, when one is a step
 * where the other has a `wf.all`
 */
export function compareBranches(first: string, second: string): BranchOrder {
  if (first === second) return 'same';
  for (let level = 0; level * PAIR < Math.min(first.length, second.length); level += 1) {
    const ours = pairAt(first, level);
    const theirs = pairAt(second, level);
    if (ours === theirs) continue;
    const isLane = level % 2 === 1;
    if (isLane) return 'beside';
    return theirs < ours ? 'before' : 'after';
  }
  return 'instead';
}

function pairAt(branchId: string, level: number): string {
  return branchId.slice(level * PAIR, (level + 1) * PAIR);
}
