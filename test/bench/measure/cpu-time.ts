import { readFileSync } from 'node:fs';

/** Microseconds in one unit of /proc/PID/stat: the kernel reports 100 ticks a second whatever its own clock does. */
const TICK_US = 10_000;
/** Positions of utime and stime behind the process name, which may itself contain spaces. */
const [UTIME, STIME] = [11, 12] as const;

/** @returns processor time that all threads of a process have used, in microseconds; `undefined` where Linux's /proc is missing */
export function cpuTimeUs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_US;
  } catch {
    return undefined;
  }
}
