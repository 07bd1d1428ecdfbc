import { DatabaseSync } from '@photostructure/sqlite';

/*
 * The binding: prebuilt for every platform inside its npm package, so nothing is compiled or downloaded at install, and
 * the same SQLite version runs on Node 20, 22 and 24. It has the API of `node:sqlite`.
 */

/** A value that a column can hold. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** A prepared statement. Parameters are positional. */
export interface SqliteStatement {
  columns(): readonly unknown[];
  all(...parameters: SqliteValue[]): unknown[];
  get(...parameters: SqliteValue[]): unknown;
  run(...parameters: SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  /** Rows as arrays in the order of the columns: naming each value costs several times as much as handing it over. */
  setReturnArrays(enabled: boolean): void;
}

/** An open database file. All calls are synchronous. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  close(): void;
}

/** @see openSqlite */
export interface OpenOptions {
  readonly readonly?: boolean;
  /** Milliseconds to wait for another connection's lock before SQLITE_BUSY. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens a database file, created if it does not exist (unless `readonly`).
 *
 * @throws Error with a `code` such as SQLITE_CANTOPEN
 */
export function openSqlite(file: string, options: OpenOptions = {}): SqliteDatabase {
  return new DatabaseSync(file, {
    readOnly: options.readonly ?? false,
    timeout: options.busyTimeoutMs ?? 5000,
  });
}
