import { openSqlite, sqliteTime, sqliteCode, withSqliteCode, type SqliteDatabase } from '@nestjs-dtx/sqlite';
import { runIsolated, type BatchErrorKind } from '../../batch/batch-outcome';
import { IS_RUN } from '../../owed-completion';
import type { LeasedTransaction } from '../../records';
import type { HeldLease, KvEntry, PurgeProgress, PurgeRequest, RearmResult } from '../../transaction-store';
import type { LeaseRequest, Write } from '../../writes';
import { purgeSqlite } from './sqlite-purge';
import { SqliteConnection } from './sqlite-connection';
import { SqliteStatements } from './sqlite-statements';
import { decodeWrite, encodeOutcomes, type EncodedOutcomes } from './write-codec';

const UNFINISHED = "status NOT IN ('succeed', 'failed')";
/** By the index of the due times, as a row with a lease always has one; without it the start would read all of the history. */
const TAKE_OVER = `UPDATE trans_global SET owner = '', lease_until = NULL, next_cron_time = ?, epoch = epoch + 1
  WHERE next_cron_time > '' AND lease_until IS NOT NULL`;
const DUE = `SELECT gid FROM trans_global WHERE next_cron_time <= ? AND ${IS_RUN} ORDER BY next_cron_time LIMIT ?`;
const CLAIM = `UPDATE trans_global SET owner = ?1, epoch = epoch + 1, lease_until = ?2, next_cron_time = ?2, update_time = ?3
  WHERE gid = ?4`;
const RENEW = `UPDATE trans_global SET lease_until = ?1, next_cron_time = ?1
  WHERE gid = ?2 AND epoch = ?3 AND lease_until IS NOT NULL`;
const REARM = `UPDATE trans_global SET next_cron_time = ?1, update_time = ?1
  WHERE gid = ?2 AND (lease_until IS NULL OR lease_until <= ?1)`;
const EXISTS = 'SELECT 1 FROM trans_global WHERE gid = ?';
const REARM_FAR = `UPDATE trans_global SET next_cron_time = ?1, update_time = ?1 WHERE id IN (SELECT id FROM trans_global
  WHERE next_cron_time > ?2 AND ${UNFINISHED} AND (lease_until IS NULL OR lease_until <= ?1) ORDER BY next_cron_time LIMIT ?3)`;
const FAR = `SELECT 1 FROM trans_global WHERE next_cron_time > ?2 AND ${UNFINISHED}
  AND (lease_until IS NULL OR lease_until <= ?1) LIMIT 1`;
const KV_STORED = 'SELECT version, v FROM kv WHERE cat = ? AND k = ?';
const KV_PUT = `INSERT INTO kv (cat, k, v, version, create_time, update_time) VALUES (?1, ?2, ?3, 1, ?4, ?4)
  ON CONFLICT (cat, k) DO UPDATE SET v = excluded.v, version = version + 1, update_time = excluded.update_time`;
const KV_DELETE = 'DELETE FROM kv WHERE cat = ? AND k = ?';

/**
 * How long a write waits for a lock of another program. The folder is ours, so that is a person with a tool, and a writer
 * that waits long holds up everybody. Milliseconds.
 */
const BUSY_TIMEOUT_MS = 200;

/** Result codes under which no write can succeed, whichever it is. */
const OUTAGES = new Set([
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_CORRUPT',
  'SQLITE_CANTOPEN',
]);

/** Everything that writes to the SQLite file. Lives in the worker thread: its fsyncs block nobody else. */
export class SqliteWriter {
  private readonly database: SqliteDatabase;
  private readonly connection: SqliteConnection;
  private readonly statements: SqliteStatements;

  constructor(file: string) {
    this.database = openSqlite(file, { busyTimeoutMs: BUSY_TIMEOUT_MS });
    this.database.exec('PRAGMA journal_mode = WAL');
    // Without FULL a commit that was answered may be gone after a power cut.
    this.database.exec('PRAGMA synchronous = FULL');
    this.connection = new SqliteConnection(this.database);
    this.statements = new SqliteStatements(this.connection, Date.now);
  }

  /** Group commit. @param writes at most one per gid */
  async execute(writes: readonly Write[]): Promise<EncodedOutcomes> {
    return encodeOutcomes(await runIsolated(this.statements, writes, { kindOf, isRepeated: false }));
  }

  /** A write in a transaction of its own. @param text as it was encoded */
  executeAlone(text: string): Promise<EncodedOutcomes> {
    return this.execute([decodeWrite(text)]);
  }

  /** The data folder is ours alone, so whoever held a lease is dead: its work is due now (design 3.2). */
  takeOver(): number {
    return this.connection.run(TAKE_OVER, sqliteTime(Date.now()));
  }

  claim(limit: number, lease: LeaseRequest): LeasedTransaction[] {
    return this.transaction((now) => {
      const gids = this.connection.all<{ gid: string }>(DUE, sqliteTime(now), limit).map(({ gid }) => gid);
      const until = sqliteTime(now + lease.durationMs);
      for (const gid of gids) this.connection.run(CLAIM, lease.owner, until, sqliteTime(now), gid);
      return this.statements.load(gids, now);
    });
  }

  renew(leases: readonly HeldLease[], durationMs: number): string[] {
    return this.transaction((now) => {
      const until = sqliteTime(now + durationMs);
      return leases
        .filter(({ gid, epoch }) => this.connection.run(RENEW, until, gid, epoch) === 0)
        .map(({ gid }) => gid);
    });
  }

  rearm(gid: string): boolean {
    return this.transaction((now) => {
      this.connection.run(REARM, sqliteTime(now), gid);
      return this.connection.get(EXISTS, gid) !== undefined;
    });
  }

  rearmFarFuture(afterMs: number, limit: number): RearmResult {
    return this.transaction((now) => {
      const [at, after] = [sqliteTime(now), sqliteTime(now + afterMs)];
      const count = this.connection.run(REARM_FAR, at, after, limit);
      return { count, hasRemaining: this.connection.get(FAR, at, after) !== undefined };
    });
  }

  purge(request: PurgeRequest): PurgeProgress {
    return this.transaction((now) => purgeSqlite(this.connection, request, now));
  }

  kvPut({ category, key, value }: KvEntry, expectedVersion?: number, expectedValue?: string): boolean {
    return this.transaction((now) => {
      const stored = this.connection.get<{ version: number; v: string }>(KV_STORED, category, key);
      if (expectedVersion !== undefined && expectedVersion !== (stored?.version ?? 0)) return false;
      if (expectedValue !== undefined && expectedValue !== stored?.v) return false;
      this.connection.run(KV_PUT, category, key, value, sqliteTime(now));
      return true;
    });
  }

  kvDelete(category: string, key: string): boolean {
    return this.connection.run(KV_DELETE, category, key) > 0;
  }

  /** @returns the store's time; fails when the file cannot be written any more. */
  ping(): number {
    return this.transaction((now) => now);
  }

  close(): void {
    this.database.close();
  }

  private transaction<T>(work: (now: number) => T): T {
    return withSqliteCode(() => {
      const now = this.statements.begin();
      try {
        const value = work(now);
        this.statements.commit();
        return value;
      } catch (error) {
        this.statements.rollback();
        throw error;
      }
    });
  }
}

/** The error may come from any statement, so its number is read here and not at each of them. */
function kindOf(error: unknown): BatchErrorKind {
  return OUTAGES.has(sqliteCode(error) ?? '') ? 'outage' : 'write';
}
