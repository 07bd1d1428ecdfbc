/** What a branch is told: as long as a small real payload. */
export const PAYLOAD = JSON.stringify({ account: 'alice', amountMinor: 3000, currency: 'EUR' });

/** What a step is called: the end of a path over HTTP, and a pattern that every transport can carry. */
function stepName(step: number): string {
  return `accounts.step-${step + 1}`;
}

/** @returns the patterns of all branches, for a service that must know them */
export function sagaPatterns(steps: number): string[] {
  return Array.from({ length: steps }, (_, step) => [stepName(step), `${stepName(step)}.undo`]).flat();
}

/**
 * @param branches base of the branch URLs, whatever their scheme
 * @returns a function that gives the body of one more saga; all but the gid is written once
 */
export function sagaBodies(branches: string, steps: number): (gid: string) => string {
  const urls = Array.from({ length: steps }, (_, step) => ({
    action: `${branches}/${stepName(step)}`,
    compensate: `${branches}/${stepName(step)}.undo`,
  }));
  const rest = { trans_type: 'saga', steps: urls, payloads: urls.map(() => PAYLOAD), wait_result: true };
  const tail = `",${JSON.stringify(rest).slice(1)}`;
  return (gid) => `{"gid":"${gid}${tail}`;
}
