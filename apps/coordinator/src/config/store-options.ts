import type { ServerStoreOptions, StoreOptions } from '@nestjs-dtx/coordinator';
import type { CoordinatorConfig, StoreDriverName } from './coordinator.config';

const USUAL_PORTS: Readonly<Record<ServerStoreOptions['driver'], number>> = {
  mariadb: 3306,
  mysql: 3306,
  postgres: 5432,
};

/** @returns the store as the coordinator's library takes it. */
export function storeOptions(config: CoordinatorConfig): StoreOptions {
  const driver = config.STORE_DRIVER;
  if (driver === 'memory') return { driver };
  const autoMigrate = config.STORE_AUTO_MIGRATE;
  if (!isServer(driver))
    return { driver, directory: config.DATA_DIR, ...(autoMigrate !== undefined && { autoMigrate }) };
  return {
    driver,
    host: config.STORE_HOST,
    port: config.STORE_PORT ?? USUAL_PORTS[driver],
    user: config.STORE_USER,
    password: config.STORE_PASSWORD,
    database: config.STORE_DB,
    autoMigrate: autoMigrate ?? false,
    ...(config.STORE_POOL_SIZE !== undefined && { poolSize: config.STORE_POOL_SIZE }),
  };
}

/** @returns where the transactions are, in words. */
export function storePlace(config: CoordinatorConfig): string {
  const store = storeOptions(config);
  if (store.driver === 'sqlite') return `in ${store.directory}`;
  if ('host' in store) return `in ${store.driver} at ${store.host}:${store.port}, database ${store.database}`;
  return 'in memory';
}

/** @returns whether the driver is one of database servers, which need an account. */
export function isServer(driver: StoreDriverName): driver is ServerStoreOptions['driver'] {
  return driver in USUAL_PORTS;
}
