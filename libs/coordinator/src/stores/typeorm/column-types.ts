import type { ColumnType } from 'typeorm';

/** The column types in which engines differ: one entry per TypeORM driver, and the whole schema follows. */
export interface ColumnTypes {
  readonly id: ColumnType & string;
  /** Whether ids need a generator. SQLite numbers its rows by itself, and AUTOINCREMENT would write one more row per insert. */
  readonly generatesId: boolean;
  readonly integer: ColumnType & string;
  /** Unlimited text. */
  readonly text: ColumnType & string;
  /** Payload bytes, far above dtm's 64 KB. */
  readonly blob: ColumnType & string;
  /** UTC with milliseconds. */
  readonly time: ColumnType & string;
}

const TYPES: Readonly<Record<string, ColumnTypes>> = {
  'better-sqlite3': {
    id: 'integer',
    generatesId: false,
    integer: 'integer',
    text: 'text',
    blob: 'blob',
    time: 'datetime',
  },
};

/** @throws Error for a driver that has no entry. */
export function columnTypesOf(driver: string): ColumnTypes {
  const types = TYPES[driver];
  if (!types) throw new Error(`no column types for the TypeORM driver ${driver}`);
  return types;
}
