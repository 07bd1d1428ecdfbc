import { mysqlTakeOver } from './mysql-take-over';
import { postgresTakeOver } from './postgres-take-over';
import type { TakeOverDialect } from './take-over-dialect';

const DIALECTS: Readonly<Record<string, TakeOverDialect>> = {
  mysql: mysqlTakeOver,
  mariadb: mysqlTakeOver,
  postgres: postgresTakeOver,
};

/** @returns `undefined` for the embedded store: dtm has none that is SQL. */
export function takeOverDialectOf(driver: string): TakeOverDialect | undefined {
  return DIALECTS[driver];
}
