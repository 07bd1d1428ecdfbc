/**
 * Declares a suite that needs a program. Without it the suite is shown as skipped, and fails where nobody would read that.
 *
 * @param missing what is missing and how to get it, `undefined` if nothing is
 */
export function describeUnlessMissing(name: string, missing: string | undefined, suite: () => void): void {
  describe(name, () => {
    if (missing === undefined) suite();
    else if (process.env['CI'] === 'true') test(missing, () => expect('skipped').toBe('run'));
    else test.skip(missing, () => {});
  });
}
