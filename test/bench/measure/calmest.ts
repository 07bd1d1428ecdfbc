/** A measurement during which the host took a larger share of the processors says as much about the host as about the lane. */
export const CALM = 0.01;

/** Rounds are measured again until so many are calm, but not for ever: less than twice as many. */
export function mostRounds(rounds: number): number {
  return 2 * rounds - 1;
}

/**
 * @param worst by round, the largest share of its measurements that the host took; `null` where it cannot be told
 * @returns the numbers of so many rounds, those in which the host took least, in their order
 */
export function calmest(worst: readonly (number | null)[], rounds: number): number[] {
  return worst
    .map((share, round) => ({ share: share ?? 0, round }))
    .toSorted((one, other) => one.share - other.share || one.round - other.round)
    .slice(0, rounds)
    .map(({ round }) => round)
    .toSorted((one, other) => one - other);
}

/** @param shares of the measurements of a round */
export function worstOf(shares: readonly (number | null)[]): number | null {
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : Math.max(...known);
}
