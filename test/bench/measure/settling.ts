/** After so many seconds of full load the compilers of a coordinator have mostly settled: before, sagas take several times as long. */
const SETTLED = 10;

/**
 * @param seconds of a measurement; short ones only show that everything works
 * @returns for how long a lane runs before it is measured first. Never counted. Seconds
 */
export function warmUpFor(seconds: number): number {
  return Math.min(3 * seconds, SETTLED);
}

/** Before each measurement: the lane wakes up and its connections are made. Not counted either. Seconds. */
export const RAMP = 0.5;
