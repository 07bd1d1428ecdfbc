export { sqliteCode, withSqliteCode } from './sqlite-codes';
export { SqliteDriver, sqliteTime } from './sqlite-driver';
export * from './sqlite-module';
export * from './sqlite-options';
