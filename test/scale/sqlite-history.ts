import { join } from 'node:path';
import { openSqlite, sqliteTime, type SqliteDatabase, type SqliteStatement } from '@nestjs-dtx/sqlite';
import type { StoreEnvironment } from '../support/store-engine';
import {
  BRANCHES,
  gidOf,
  keyOf,
  PAYLOAD,
  statusOf,
  typeOf,
  type HistoryPart,
  type HistoryTimes,
  type HistoryWriter,
} from './history';

const GLOBAL = `INSERT INTO trans_global (gid, trans_type, status, query_prepared, protocol, create_time, update_time,
  finish_time, rollback_time, options, custom_data, next_cron_interval, owner, ext_data, result, rollback_reason, epoch,
  branch_count, last_error, business_key) VALUES (?1, ?2, ?3, '', 'http', ?4, ?4, IIF(?3 = 'succeed', ?4, NULL), IIF(?3 = 'failed', ?4, NULL),
  '{}', '', 10, '', '', '', '', 1, ${BRANCHES.length}, '', ?5)`;
const BRANCH = `INSERT INTO trans_branch_op (gid, url, bin_data, branch_id, op, status, finish_time, create_time, update_time)
  VALUES (?1, ?2, ?3, ?4, ?5, IIF(?5 = 'action', 'succeed', 'prepared'), IIF(?5 = 'action', ?6, NULL), ?6, ?6)`;

/** Prepared statements one by one: SQLite has no network to save. */
export class SqliteHistory implements HistoryWriter {
  private readonly database: SqliteDatabase;
  private readonly global: SqliteStatement;
  private readonly branch: SqliteStatement;
  private readonly payload = Buffer.from(PAYLOAD);

  constructor(
    env: StoreEnvironment,
    private readonly times: HistoryTimes,
  ) {
    this.database = openSqlite(join(env['DATA_DIR'] ?? '', 'coordinator.sqlite'));
    this.database.exec('PRAGMA journal_mode = WAL');
    // What is filled can be filled again.
    this.database.exec('PRAGMA synchronous = OFF');
    this.global = this.database.prepare(GLOBAL);
    this.branch = this.database.prepare(BRANCH);
  }

  async write({ first, last }: HistoryPart): Promise<void> {
    this.database.exec('BEGIN IMMEDIATE');
    for (let n = first; n <= last; n += 1) this.insert(n);
    this.database.exec('COMMIT');
  }

  async analyze(): Promise<void> {
    // SQLite's statistics are not used: the coordinator never makes any, so its plans have to do without.
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  async close(): Promise<void> {
    this.database.close();
  }

  private insert(n: number): void {
    const gid = gidOf(n);
    const time = sqliteTime(Math.floor(this.times.startMs + n * this.times.stepMs));
    this.global.run(gid, typeOf(n), statusOf(n), time, keyOf(n));
    for (const { branchId, op, url } of BRANCHES) this.branch.run(gid, url, this.payload, branchId, op, time);
  }
}
