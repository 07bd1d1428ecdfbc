/** Numbers of SQLite's result codes by the names that better-sqlite3 uses and TypeORM hands on as `driverError.code`. */
const NAMES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  275: 'SQLITE_CONSTRAINT_CHECK',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
};

/** Runs the call and puts the code's name on whatever it throws, so that callers match names and not numbers. */
export function withSqliteCode<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const numbers = error as { errcode?: number; sqliteExtendedCode?: number; code?: string };
    const name = NAMES[numbers.errcode ?? numbers.sqliteExtendedCode ?? -1];
    if (name) numbers.code = name;
    throw error;
  }
}
