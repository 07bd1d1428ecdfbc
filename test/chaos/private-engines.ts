import { missingPrivateServer, type ServerName } from '../support/servers';
import { SHARED_ENGINES, type StoreEngine } from '../support/store-engine';

/** The engines for tests that stop, kill or reconfigure the server: one of docker compose, which others use, will not do. */
export const PRIVATE_ENGINES: readonly StoreEngine[] = SHARED_ENGINES.map((engine) => ({
  ...engine,
  missing: missingPrivateServer(engine.name as ServerName),
}));
