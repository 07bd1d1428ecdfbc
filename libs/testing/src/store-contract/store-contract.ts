import { completionCases } from './completion-cases';
import { useStore } from './context';
import { kvCases } from './kv-cases';
import { leaseCases } from './lease-cases';
import { listCases } from './list-cases';
import { purgeCases } from './purge-cases';
import { queryCases } from './query-cases';
import { raceCases } from './race-cases';
import { registerCases } from './register-cases';
import type { StoreHarness } from './store-harness';
import { writeCases } from './write-cases';

/**
 * The behaviour that every {@link TransactionStore} adapter has to show on its real engine (design 4). Call it inside a
 * jest spec.
 *
 * @param name of the adapter, for the report
 */
export function storeContract(name: string, harness: StoreHarness): void {
  describe(`store contract: ${name}`, () => {
    const context = useStore(harness);
    describe('writes', () => writeCases(context));
    describe('registrations', () => registerCases(context));
    describe('leases', () => leaseCases(context));
    describe('races', () => raceCases(context));
    describe('queries', () => queryCases(context));
    describe('key-value rows', () => kvCases(context));
    describe('lists', () => listCases(context));
    describe('ends that are to be told', () => completionCases(context));
    describe('purges', () => purgeCases(context));
  });
}
