import { missingBroker, type BrokerName } from './index';

/** Declares a suite once for each broker. One that is missing is shown as skipped, and fails where nobody would read that. */
export function describeBrokers(names: readonly BrokerName[], suite: (name: BrokerName) => void): void {
  for (const name of names) {
    describe(name, () => {
      const missing = missingBroker(name);
      if (missing === undefined) suite(name);
      else if (process.env['CI'] === 'true') test(missing, () => expect('skipped').toBe('run'));
      else test.skip(missing, () => {});
    });
  }
}
