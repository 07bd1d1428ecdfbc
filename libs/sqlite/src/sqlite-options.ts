import { SqliteDriver } from './sqlite-driver';

/** The SQLite part of TypeORM's DataSource options. */
export interface SqliteOptions {
  readonly type: 'better-sqlite3';
  readonly driver: typeof SqliteDriver;
  readonly database: string;
  readonly readonly?: boolean;
  readonly enableWAL?: boolean;
  readonly prepareDatabase: (database: unknown) => void;
}

/**
 * TypeORM options for a durable SQLite file: write-ahead log, and an fsync at every commit. Without `synchronous = FULL`
 * a commit that was answered could be gone after a power cut, as WAL alone defaults to NORMAL.
 *
 * @param readonly for a second connection that only reads: on one connection a read would see uncommitted rows
 */
export function sqliteOptions(file: string, { readonly = false }: { readonly?: boolean } = {}): SqliteOptions {
  return {
    type: 'better-sqlite3',
    driver: SqliteDriver,
    database: file,
    ...(readonly ? { readonly } : { enableWAL: true }),
    prepareDatabase: (database) => {
      if (!readonly) (database as SqliteDriver).pragma('synchronous = FULL');
    },
  };
}
