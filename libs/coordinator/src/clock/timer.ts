/** Longest delay that a timer of Node keeps, about 25 days: with a longer one it would fire at once. Milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
