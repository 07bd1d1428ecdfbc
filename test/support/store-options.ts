import type { StoreOptions } from '@nestjs-dtx/coordinator';
import type { StoreEnvironment } from './store-engine';

/**
 * @returns the durable store that the environment names, as the coordinator's library takes it
 * @throws Error for another one: it holds nothing that could be filled, measured or found again
 */
export function storeOptions(env: StoreEnvironment): StoreOptions {
  const driver = env['STORE_DRIVER'];
  if (driver === 'sqlite') return { driver, directory: env['DATA_DIR'] ?? '' };
  if (driver !== 'mariadb' && driver !== 'mysql' && driver !== 'postgres') {
    throw new Error(`STORE_DRIVER=${driver} is no durable store`);
  }
  return {
    driver,
    host: env['STORE_HOST'] ?? '127.0.0.1',
    port: Number(env['STORE_PORT']),
    user: env['STORE_USER'] ?? '',
    password: env['STORE_PASSWORD'] ?? '',
    database: env['STORE_DB'] ?? '',
    autoMigrate: env['STORE_AUTO_MIGRATE'] === 'on',
  };
}
