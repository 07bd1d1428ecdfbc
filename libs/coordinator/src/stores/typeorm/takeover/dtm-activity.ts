import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { QueryRunner } from 'typeorm';
import type { TakeOverDialect } from './take-over-dialect';
import type { LocalOffsets } from './time-zone';

/** How still dtm's tables have to be. */
export interface Quiet {
  /** Since the newest change: six times the distance at which dtm's poller takes up what is unfinished (spec 6.8). */
  readonly seconds: number;
  /** How long they are watched besides: this finds a dtm that runs in another time zone than was told. Milliseconds. */
  readonly watchMs: number;
}

export const QUIET: Quiet = { seconds: 60, watchMs: 5000 };

interface NewestChange {
  readonly gid: string;
  readonly owner: string;
  readonly changed: string;
  /** Seconds. */
  readonly age: number;
  /** Greatest id of all: a transaction that comes later has a greater one. */
  readonly last_id: number;
}

/**
 * Makes sure that no dtm works on the tables: each visit of its poller changes `owner` and `update_time` of a row, and so
 * does each request (spec 6.5).
 *
 * @throws DtxError `DTX_TAKEOVER_REFUSED` with the row that shows the contrary
 */
export async function expectNoDtm(
  queryRunner: QueryRunner,
  source: { readonly dialect: TakeOverDialect; readonly zone: LocalOffsets },
  quiet: Quiet,
): Promise<void> {
  const sql = newestChangeSql(source.dialect, source.zone);
  const newest = async (): Promise<NewestChange | undefined> => {
    const [row] = (await queryRunner.query(sql)) as Record<keyof NewestChange, string>[];
    return row && { ...row, age: Math.floor(Number(row.age)), last_id: Number(row.last_id) };
  };
  const first = await newest();
  if (first) expectQuiet(first, quiet.seconds);
  await pause(quiet.watchMs);
  const second = await newest();
  if (isDeepStrictEqual({ ...second, age: 0 }, { ...first, age: 0 })) return;
  throw refused(
    `${who(second ?? first)} changed while the tables were watched: dtm is at work on them. ` +
      'Stop every process of dtm, then start again',
  );
}

/**
 * Makes sure that no dtm took the copies for its own rows: whatever its poller visits gets an owner, and ours have none yet.
 *
 * @throws DtxError `DTX_TAKEOVER_REFUSED` with a row that it visited
 */
export async function expectUntouchedCopies(queryRunner: QueryRunner): Promise<void> {
  const [row] = (await queryRunner.query("SELECT gid, owner FROM trans_global WHERE owner <> '' LIMIT 1")) as Pick<
    NewestChange,
    'gid' | 'owner'
  >[];
  if (!row) return;
  throw refused(
    `${who(row)} was visited after it had been copied: dtm is at work. ` +
      'Stop every process of dtm, go the way back (docs/takeover.md) and start again',
  );
}

function expectQuiet(newest: NewestChange, seconds: number): void {
  if (newest.age < -seconds) {
    throw refused(
      `${who(newest)} changed ${-newest.age} s in the future: ` +
        'this is not the time zone that dtm wrote in, or the clock of the database is wrong',
    );
  }
  if (newest.age >= seconds) return;
  // Columns of whole seconds may have been rounded up.
  const age = Math.max(newest.age, 0);
  throw refused(
    `${who(newest)} changed ${age} s ago: a dtm may be at work on the tables. ` +
      `Stop every process of dtm, and start again in ${seconds - age} s`,
  );
}

/** Reads all rows: nothing of dtm's is indexed by time of change, and this runs twice in the life of a database. */
function newestChangeSql(dialect: TakeOverDialect, zone: LocalOffsets): string {
  const age = dialect.secondsSince(dialect.instant('update_time', zone));
  return `SELECT gid, owner, ${dialect.text('update_time')} AS changed, ${age} AS age,
    (SELECT MAX(id) FROM trans_global) AS last_id
    FROM trans_global WHERE update_time IS NOT NULL ORDER BY update_time DESC, id DESC LIMIT 1`;
}

const who = (row: Pick<NewestChange, 'gid' | 'owner'> | undefined): string =>
  `transaction ${row?.gid ?? ''} of dtm${row?.owner ? ` (owner ${row.owner})` : ''}`;

function refused(message: string): DtxError {
  return new DtxError(ERROR_CODES.takeOverRefused, message);
}
