import type { BarrierDialect, XaDialect } from '@nestjs-dtx/client';
import type { DataSource } from 'typeorm';
import { DtxDefinitionError } from '../errors/dtx-definition.error';

/** TypeORM's driver types by the dialect they speak. */
const DIALECTS: Readonly<Record<string, BarrierDialect>> = {
  'better-sqlite3': 'sqlite',
  sqlite: 'sqlite',
  sqljs: 'sqlite',
  mysql: 'mysql',
  mariadb: 'mysql',
  'aurora-mysql': 'mysql',
  postgres: 'postgres',
  cockroachdb: 'postgres',
  'aurora-postgres': 'postgres',
};

/** @throws DtxDefinitionError for a database that barriers do not support */
export function dialectOf(dataSource: DataSource): BarrierDialect {
  const { type } = dataSource.options;
  const dialect = DIALECTS[type];
  if (dialect) return dialect;
  throw new DtxDefinitionError(
    `barriers do not support a DataSource of type '${type}': use ${Object.keys(DIALECTS).join(', ')}`,
  );
}

/** @throws DtxDefinitionError for a database without XA transactions */
export function xaDialectOf(dataSource: DataSource): XaDialect {
  const dialect = dialectOf(dataSource);
  if (dialect !== 'sqlite') return dialect;
  throw new DtxDefinitionError(
    'SQLite has no XA transactions: use MySQL, MariaDB or PostgreSQL, or another mode such as @TccTry',
  );
}

/**
 * TypeORM has one connection per DataSource on SQLite: two transactions at once break each other, and a write beside an
 * open one is lost when that rolls back. So there, transactions have to queue.
 */
export function hasOneConnection(dataSource: DataSource): boolean {
  return DIALECTS[dataSource.options.type] === 'sqlite';
}

/** @returns the DataSource that the manager works on; TypeORM before 1.0 calls it `connection`. */
export function dataSourceOf(manager: { dataSource?: DataSource; connection?: DataSource }): DataSource {
  return (manager.dataSource ?? manager.connection) as DataSource;
}
