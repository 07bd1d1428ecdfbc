import { describeUnlessMissing } from '../describe-unless-missing.spec-helper';
import { missingBroker, type BrokerName } from './index';

/** Declares a suite once for each broker. One that is missing is shown as skipped, and fails where nobody would read that. */
export function describeBrokers(names: readonly BrokerName[], suite: (name: BrokerName) => void): void {
  for (const name of names) {
    describeUnlessMissing(name, missingBroker(name), () => suite(name));
  }
}
