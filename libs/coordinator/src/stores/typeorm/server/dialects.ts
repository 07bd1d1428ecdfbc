import type { ServerDialect } from './dialect';
import { MARIADB, MYSQL } from './mysql/mysql-dialect';
import { POSTGRES } from './postgres/postgres-dialect';
import type { ServerStoreOptions } from './server-store.options';

const DIALECTS: Readonly<Record<ServerStoreOptions['driver'], ServerDialect>> = {
  mariadb: MARIADB,
  mysql: MYSQL,
  postgres: POSTGRES,
};

/** @returns the statements and settings of a driver's engine */
export function dialectOf(driver: ServerStoreOptions['driver']): ServerDialect {
  return DIALECTS[driver];
}
