import { cleanUpSql, COLUMNS, quoted, type DialectSql } from './dialect';

/** UTC with milliseconds, as everything that this project writes. */
const NOW = `(strftime('%Y-%m-%d %H:%M:%f', 'now'))`;

export const sqlite: DialectSql = {
  insertIgnore: (name) => `insert or ignore into ${quoted(name, '"')} (${COLUMNS}) values (?, ?, ?, ?, ?, ?)`,

  selectReason: (name) =>
    `select reason from ${quoted(name, '"')} where gid = ? and branch_id = ? and op = ? and barrier_id = ?`,

  createTable(name) {
    // In SQLite it is the index that carries the schema's name, not the table it is on.
    const index = { ...name, table: `${name.table}_create_time` };
    return [
      `create table if not exists ${quoted(name, '"')} (
  id integer primary key autoincrement,
  trans_type varchar(45) not null default '',
  gid varchar(128) not null default '',
  branch_id varchar(128) not null default '',
  op varchar(45) not null default '',
  barrier_id varchar(45) not null default '',
  reason varchar(45) not null default '',
  create_time datetime not null default ${NOW},
  update_time datetime not null default ${NOW},
  unique (gid, branch_id, op, barrier_id)
)`,
      `create index if not exists ${quoted(index, '"')} on "${name.table}" (create_time)`,
    ];
  },

  cleanUp: (name, ttlSeconds) =>
    cleanUpSql(
      quoted(name, '"'),
      `create_time < strftime('%Y-%m-%d %H:%M:%f', 'now', '-${ttlSeconds} seconds')`,
      () => '?',
    ),
};
