import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cleanup } from '../support/cleanup';
import { runCommand } from '../support/command';
import { startCoordinator } from '../support/coordinator';
import { CoordinatorApi } from '../support/coordinator-api';
import { PROJECT_ROOT } from '../support/project-root';
import { missingPrivateServer } from '../support/servers';
import { DURABLE_ENGINE } from '../support/store-engine';
import { BankAccounts } from './bank-accounts';
import { parseOptions } from './options';
import { printReport, withTable } from './report';
import { runSdk, type Rig } from './run-sdk';
import { SDKS } from './sdks';

const DOCUMENT = join(PROJECT_ROOT, 'docs/interop.md');

/** `npm run test:interop`: published SDKs of other languages against our coordinator. Exits with 1 if anything differs. */
async function interop(cleanup: Cleanup): Promise<number> {
  const { sdks, writeDocs } = parseOptions(process.argv.slice(2));
  const missing = missingPrivateServer('mariadb');
  if (missing !== undefined) throw new Error(missing);
  const rig = await openRig(cleanup);
  const results = await Promise.all(sdks.map((sdk) => runSdk(sdk, rig)));
  const failed = printReport(results, process.env['CI'] === 'true');
  if (!writeDocs) return failed === 0 ? 0 : 1;
  if (failed > 0 || results.filter(({ cases }) => cases.length > 0).length < SDKS.length) {
    console.error('docs/interop.md is left as it is: it says what a complete run has proven');
    return 1;
  }
  await writeFile(DOCUMENT, withTable(await readFile(DOCUMENT, 'utf8')));
  return 0;
}

async function openRig(cleanup: Cleanup): Promise<Rig> {
  const accounts = await BankAccounts.open(cleanup);
  const coordinator = await startCoordinator(await DURABLE_ENGINE.create(cleanup));
  cleanup.add(() => coordinator.stop());
  const { host, port, user, password, database } = accounts.address;
  const env = {
    DTM_HTTP: `${coordinator.url}/api/dtmsvr`,
    DTM_GRPC: coordinator.grpcAddress,
    DB_HOST: host,
    DB_PORT: String(port),
    DB_USER: user,
    DB_PASSWORD: password,
    DB_NAME: database,
  };
  return { cleanup, accounts, coordinator: new CoordinatorApi(coordinator.url), env };
}

void runCommand(interop);
