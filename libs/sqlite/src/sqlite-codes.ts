/** Bits of an extended result code that name its family. */
const FAMILY = 0xff;

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

/** @returns the name of an error's result code, extended codes of the same family under the family's name if they have none. */
export function sqliteCode(error: unknown): string | undefined {
  const { errcode, sqliteExtendedCode } = error as { errcode?: number; sqliteExtendedCode?: number };
  const number = errcode ?? sqliteExtendedCode ?? -1;
  return NAMES[number] ?? NAMES[number & FAMILY];
}

/** Runs the call and puts the code's name on whatever it throws, so that callers match names and not numbers. */
export function withSqliteCode<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const name = sqliteCode(error);
    if (name) (error as { code?: string }).code = name;
    throw error;
  }
}
