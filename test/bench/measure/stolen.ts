import { readFileSync } from 'node:fs';

/** Time of all processors since the start of the machine, in ticks. */
export interface ProcessorTicks {
  readonly all: number;
  /** In which a processor had work and the host gave it to somebody else. */
  readonly stolen: number;
}

/** Number of the figure in /proc/stat's first line, which begins: user, nice, system, idle, iowait, irq, softirq, steal. */
const STEAL = 7;
/** Those behind it are parts of user and nice. */
const COUNTED = STEAL + 1;

/** @returns `undefined` where Linux's /proc is missing */
export function processorTicks(): ProcessorTicks | undefined {
  try {
    return ticksIn(readFileSync('/proc/stat', 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param stat as in /proc/stat */
export function ticksIn(stat: string): ProcessorTicks {
  const [first = ''] = stat.split('\n');
  const ticks = first
    .trim()
    .split(/\s+/)
    .slice(1, COUNTED + 1)
    .map(Number);
  return { all: ticks.reduce((sum, count) => sum + count, 0), stolen: ticks[STEAL] ?? 0 };
}

/** @returns which share of the processors' time the host took between two looks, 0 to 1; `null` where it cannot be told */
export function stolenShare(before: ProcessorTicks | undefined, after: ProcessorTicks | undefined): number | null {
  if (!before || !after || after.all === before.all) return null;
  return (after.stolen - before.stolen) / (after.all - before.all);
}
