import { describeUnlessMissing } from './describe-unless-missing.spec-helper';
import { BANK_ENGINES, missingBankEngine, type BankEngine } from './bank-database';
import { missingXa } from './participant/participants';
import { missingPrivateServer, type ServerName } from './servers';
import type { StoreEngine } from './store-engine';

/** Servers that tests can stop, kill and reconfigure. */
const PRIVATE_SERVERS: readonly ServerName[] = ['mariadb', 'postgres'];

/** Declares a suite once for each engine. One that is missing is shown as skipped, with the command that provides it. */
export function describeEngines(engines: readonly StoreEngine[], suite: (engine: StoreEngine) => void): void {
  for (const engine of engines) describeUnlessMissing(engine.name, engine.missing, () => suite(engine));
}

/** The same for tests that start database servers of their own, which those of docker compose are not. */
export function describePrivateServers(suite: (name: ServerName) => void): void {
  for (const name of PRIVATE_SERVERS) describeUnlessMissing(name, missingPrivateServer(name), () => suite(name));
}

/** The same for tests of the example banks. */
export function describeBankEngines(suite: (engine: BankEngine) => void): void {
  for (const engine of BANK_ENGINES) describeUnlessMissing(engine, missingBankEngine(engine), () => suite(engine));
}

/** The same for tests whose participants, beside the coordinator's engine, need a database with XA. */
export function describeXa(engine: StoreEngine, suite: () => void): void {
  describeUnlessMissing('xa', missingXa(engine), suite);
}
