import { cleanUpSql, COLUMNS, quoted, type DialectSql } from './dialect';

export const mysql: DialectSql = {
  insertIgnore: (name) => `insert ignore into ${quoted(name, '`')} (${COLUMNS}) values (?, ?, ?, ?, ?, ?)`,

  // A plain select would look into the snapshot of the transaction, which may be older than the row. The duplicate insert
  // has locked the row in this mode already, so this waits for nobody. MariaDB knows no `for share`.
  selectReason: (name) =>
    `select reason from ${quoted(name, '`')} where gid = ? and branch_id = ? and op = ? and barrier_id = ? lock in share mode`,

  // The default collations take `Order-1` and `order-1` for the same gid: one of both would never run.
  createTable: (name) => [
    `create table if not exists ${quoted(name, '`')} (
  id bigint not null auto_increment,
  trans_type varchar(45) not null default '',
  gid varchar(128) not null default '',
  branch_id varchar(128) not null default '',
  op varchar(45) not null default '',
  barrier_id varchar(45) not null default '',
  reason varchar(45) not null default '',
  create_time datetime(3) not null default current_timestamp(3),
  update_time datetime(3) not null default current_timestamp(3),
  primary key (id),
  unique key uniq_barrier (gid, branch_id, op, barrier_id),
  key create_time (create_time)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`,
  ],

  // Both in the time zone of the session, which wrote create_time as well.
  cleanUp: (name, ttlSeconds) =>
    cleanUpSql(quoted(name, '`'), `create_time < current_timestamp(3) - interval ${ttlSeconds} second`, () => '?'),
};
