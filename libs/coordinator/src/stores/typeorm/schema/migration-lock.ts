import { setTimeout as pause } from 'node:timers/promises';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { QueryRunner } from 'typeorm';
import { dataSourceOf } from '../data-source-of';

/** Statements of one engine. Both give one row with `done`. */
interface LockStatements {
  readonly take: string;
  readonly release: string;
}

// GET_LOCK's names are the whole server's, an advisory lock is its database's: so only the former carries the database.
const MYSQL: LockStatements = {
  take: "SELECT GET_LOCK(CONCAT('dtx_migrate:', SHA1(DATABASE())), 0) = 1 AS done",
  release: "SELECT RELEASE_LOCK(CONCAT('dtx_migrate:', SHA1(DATABASE()))) AS done",
};
const LOCKS: Readonly<Record<string, LockStatements>> = {
  mysql: MYSQL,
  mariadb: MYSQL,
  postgres: {
    take: "SELECT pg_try_advisory_lock(hashtext('dtx_migrate'), hashtext(current_schema())) AS done",
    release: "SELECT pg_advisory_unlock(hashtext('dtx_migrate'), hashtext(current_schema())) AS done",
  },
};

const RETRY_MS = 200;

/**
 * Lets one process at a time change the schema. The lock belongs to the connection that does the work: they live and die
 * together, so a crash leaves nothing to clean up. The embedded store needs none, its folder is locked.
 *
 * @param waitMs how long to wait for another process
 * @throws DtxError `DTX_STORE_LOCKED` when that one is not done by then
 */
export async function withMigrationLock<T>(
  queryRunner: QueryRunner,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const statements = LOCKS[dataSourceOf(queryRunner).options.type];
  if (!statements) return work();
  const deadline = Date.now() + waitMs;
  while (!(await isDone(queryRunner, statements.take))) {
    if (Date.now() >= deadline) throw locked();
    await pause(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    // A connection that cannot do this is broken, and the server has let go of the lock already.
    await isDone(queryRunner, statements.release).catch(() => false);
  }
}

async function isDone(queryRunner: QueryRunner, sql: string): Promise<boolean> {
  const [row] = (await queryRunner.query(sql)) as { done: unknown }[];
  return Number(row?.done) === 1;
}

function locked(): DtxError {
  const message = 'another process is migrating the database: wait for its end, then start again';
  return new DtxError(ERROR_CODES.storeLocked, message);
}
