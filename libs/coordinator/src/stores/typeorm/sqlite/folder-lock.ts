import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { openSqlite, withSqliteCode, type SqliteDatabase } from '@nestjs-dtx/sqlite';

/**
 * Exclusive use of a data folder by one process (design 3.2). The lock is a SQLite transaction on a file of its own: the
 * operating system drops it with the process, so a crash leaves nothing to clean up, as a pid file would.
 */
export class FolderLock {
  private constructor(private readonly database: SqliteDatabase) {}

  /**
   * @param directory created if missing
   * @throws DtxError `DTX_STORE_UNAVAILABLE` when it cannot be written, `DTX_STORE_LOCKED` when another process uses it
   */
  static acquire(directory: string): FolderLock {
    const path = resolve(directory);
    try {
      mkdirSync(path, { recursive: true });
      accessSync(path, constants.W_OK | constants.X_OK);
    } catch (cause) {
      throw new DtxError(
        ERROR_CODES.storeUnavailable,
        `the data folder ${path} cannot be written: make it writable or set DATA_DIR to another one`,
        { cause },
      );
    }
    return new FolderLock(lockFile(path));
  }

  release(): void {
    this.database.close();
  }
}

function lockFile(path: string): SqliteDatabase {
  let database: SqliteDatabase | undefined;
  try {
    return withSqliteCode(() => {
      database = openSqlite(join(path, 'coordinator.lock'), { busyTimeoutMs: 0 });
      database.exec('BEGIN EXCLUSIVE');
      return database;
    });
  } catch (cause) {
    database?.close();
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') {
      throw new DtxError(
        ERROR_CODES.storeUnavailable,
        `the data folder ${path} cannot be written: make it writable or set DATA_DIR to another one`,
        { cause },
      );
    }
    throw new DtxError(
      ERROR_CODES.storeLocked,
      `the data folder ${path} is in use by another coordinator: stop that one or set DATA_DIR to another folder`,
      { cause },
    );
  }
}
