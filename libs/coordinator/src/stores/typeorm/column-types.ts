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
  /** Digits of the seconds' fraction, where the type has to be told. */
  readonly timePrecision?: number;
  /** How texts are compared, where a database may have set something else: gids differ by case, and by spaces at their end. */
  readonly collation?: { readonly charset: string; readonly collation: string };
}

/** What MariaDB and MySQL have in common. */
const MYSQL = {
  id: 'bigint',
  generatesId: true,
  integer: 'int',
  text: 'longtext',
  blob: 'longblob',
  time: 'datetime',
  timePrecision: 3,
} satisfies ColumnTypes;

const TYPES: Readonly<Record<string, ColumnTypes>> = {
  'better-sqlite3': {
    id: 'integer',
    generatesId: false,
    integer: 'integer',
    text: 'text',
    blob: 'blob',
    time: 'datetime',
  },
  // Not utf8mb4_bin, for which a gid and the same with a space behind it are one.
  mariadb: { ...MYSQL, collation: { charset: 'utf8mb4', collation: 'utf8mb4_nopad_bin' } },
  mysql: { ...MYSQL, collation: { charset: 'utf8mb4', collation: 'utf8mb4_0900_bin' } },
  postgres: {
    id: 'bigint',
    generatesId: true,
    integer: 'integer',
    text: 'text',
    blob: 'bytea',
    time: 'timestamp with time zone',
    timePrecision: 3,
  },
};

/** @throws Error for a driver that has no entry. */
export function columnTypesOf(driver: string): ColumnTypes {
  const types = TYPES[driver];
  if (!types) throw new Error(`no column types for the TypeORM driver ${driver}`);
  return types;
}

/** @returns a time column's type with its precision. */
export function timeType({ time, timePrecision }: ColumnTypes): {
  readonly type: ColumnTypes['time'];
  precision?: number;
} {
  return { type: time, ...(timePrecision !== undefined && { precision: timePrecision }) };
}
