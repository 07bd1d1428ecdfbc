import { instantOf, type Row, type StoreSql } from './store-sql';

/** One time at which a transaction changed hands. All instants by the database's clock, in milliseconds. */
export interface Takeover {
  readonly gid: string;
  /** Epoch of the new holder. */
  readonly epoch: number;
  /** Owner tokens; empty: nobody. */
  readonly from: string;
  readonly to: string;
  readonly at: number;
  /** End of the old holder's lease, as it stood in the row; `undefined` when nobody held it. */
  readonly leaseEnd: number | undefined;
  /** When it was due; `undefined` when it was not to be visited by itself. */
  readonly due: number | undefined;
}

const INSERT = `INSERT INTO lease_audit
  VALUES (NEW.gid, NEW.epoch, OLD.owner, NEW.owner, NOW_EXPRESSION, OLD.lease_until, OLD.next_cron_time)`;

const TABLE = `CREATE TABLE lease_audit (gid varchar(128), epoch integer, old_owner varchar(128),
  new_owner varchar(128), taken_at TIME_TYPE, lease_until TIME_TYPE NULL, due TIME_TYPE NULL)`;

const TRIGGERS = {
  mariadb: [
    `CREATE TRIGGER lease_audit AFTER UPDATE ON trans_global FOR EACH ROW
     IF NEW.epoch <> OLD.epoch THEN ${INSERT}; END IF`,
  ],
  postgres: [
    `CREATE FUNCTION lease_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${INSERT}; RETURN NULL; END $$`,
    `CREATE TRIGGER lease_audit AFTER UPDATE ON trans_global FOR EACH ROW
     WHEN (NEW.epoch <> OLD.epoch) EXECUTE FUNCTION lease_audit()`,
  ],
} as const;

/**
 * Has the database itself write down every change of an epoch, in the same transaction and by its own clock: who took
 * what from whom and when is then a fact, however slow the machine is and whenever the test looks.
 */
export class LeaseAudit {
  constructor(private readonly sql: StoreSql) {}

  /** The tables of the coordinator have to be there. */
  async install(): Promise<void> {
    const { sql } = this;
    for (const statement of [TABLE, ...TRIGGERS[sql.driver]]) {
      await sql.query(statement.replaceAll('TIME_TYPE', sql.timeType).replaceAll('NOW_EXPRESSION', sql.now));
    }
  }

  /** In the order in which they happened to each transaction. @param gids absent: of all transactions */
  async takeovers(gids?: readonly string[]): Promise<readonly Takeover[]> {
    const { sql } = this;
    const rows = await sql.query(
      `SELECT gid, epoch, old_owner, new_owner, ${sql.milliseconds('taken_at')} AS taken_at,
       ${sql.milliseconds('lease_until')} AS lease_until, ${sql.milliseconds('due')} AS due
       FROM lease_audit ORDER BY gid, epoch`,
    );
    const wanted = gids && new Set(gids);
    return rows.map(takeoverOf).filter(({ gid }) => wanted?.has(gid) ?? true);
  }
}

/** @returns the part of an owner token that all leases of one coordinator share. */
export function holderOf(owner: string): string {
  return owner.split('/')[0] ?? '';
}

function takeoverOf(row: Row): Takeover {
  return {
    gid: String(row['gid']),
    epoch: Number(row['epoch']),
    from: String(row['old_owner']),
    to: String(row['new_owner']),
    at: Number(row['taken_at']),
    leaseEnd: instantOf(row['lease_until']),
    due: instantOf(row['due']),
  };
}
