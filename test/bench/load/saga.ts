/** What a branch is told: as long as a small real payload. */
export const PAYLOAD = JSON.stringify({ account: 'alice', amountMinor: 3000, currency: 'EUR' });

/** @returns a function that gives the body of one more saga; all but the gid is written once */
export function sagaBodies(branches: string, steps: number): (gid: string) => string {
  const urls = Array.from({ length: steps }, (_, step) => ({
    action: `${branches}/accounts/step-${step + 1}`,
    compensate: `${branches}/accounts/step-${step + 1}/undo`,
  }));
  const rest = { trans_type: 'saga', steps: urls, payloads: urls.map(() => PAYLOAD), wait_result: true };
  const tail = `",${JSON.stringify(rest).slice(1)}`;
  return (gid) => `{"gid":"${gid}${tail}`;
}
