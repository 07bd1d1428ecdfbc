import { readFileSync } from 'node:fs';

/** Microseconds in one unit of /proc/PID/stat: the kernel reports 100 ticks a second whatever its own clock does. */
const TICK_US = 10_000;
/** Positions of utime, stime and of the same of ended children, behind the process name, which may itself contain spaces. */
const OWN = [11, 12] as const;
const OF_ENDED_CHILDREN = [13, 14] as const;

/** @returns processor time that all threads of a process have used, in microseconds; `undefined` where Linux's /proc is missing */
export function cpuTimeUs(pid: number): number | undefined {
  return ticksUs(pid, OWN);
}

/**
 * Of a process and everything it has started, ended children included: database servers that have a process per connection.
 *
 * @returns microseconds; `undefined` where Linux's /proc does not tell
 */
export function cpuTimeOfTreeUs(pid: number): number | undefined {
  const own = ticksUs(pid, [...OWN, ...OF_ENDED_CHILDREN]);
  if (own === undefined) return undefined;
  // A child that ended between the two looks is already in its parent's count, or in the next measurement.
  return childrenOf(pid).reduce((sum, child) => sum + (cpuTimeOfTreeUs(child) ?? 0), own);
}

/** @returns the time between two looks, by saga; `null` where it cannot be told. */
export function perSaga(before: number | undefined, after: number | undefined, sagas: number): number | null {
  return before === undefined || after === undefined || sagas === 0 ? null : (after - before) / sagas;
}

function ticksUs(pid: number, positions: readonly number[]): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return positions.reduce((sum, position) => sum + Number(fields[position]), 0) * TICK_US;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    // Children of all threads stand with the first one unless another thread has started them: servers fork from the first.
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
