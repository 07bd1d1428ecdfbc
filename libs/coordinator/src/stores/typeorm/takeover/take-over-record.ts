import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { QueryRunner } from 'typeorm';
import { TAKE_OVER_TABLE } from './dtm-tables';
import type { TakeOverDialect } from './take-over-dialect';

/** What is written for a database whose times are instants already. */
const NO_ZONE = '';

/** Notes that a take-over begins, before anything of dtm's is touched. May be repeated until then, with another zone too. */
export async function beginTakeOver(
  queryRunner: QueryRunner,
  dialect: TakeOverDialect,
  zone: string | undefined,
): Promise<void> {
  await queryRunner.query(`CREATE TABLE IF NOT EXISTS ${TAKE_OVER_TABLE} (source_time_zone varchar(64) NOT NULL,
    started_at ${dialect.timeType} NOT NULL, finished_at ${dialect.timeType} NULL)`);
  await queryRunner.query(`DELETE FROM ${TAKE_OVER_TABLE}`);
  await queryRunner.query(
    `INSERT INTO ${TAKE_OVER_TABLE} (source_time_zone, started_at) VALUES ('${zone ?? NO_ZONE}', ${dialect.now})`,
  );
}

/**
 * @param given zone of the command, if it named one
 * @returns the zone with which a take-over began
 * @throws DtxError `DTX_TAKEOVER_REFUSED` when the command names another one: some rows are copied already
 */
export async function zoneOfTakeOver(queryRunner: QueryRunner, given: string | undefined): Promise<string | undefined> {
  const [row] = (await queryRunner.query(`SELECT source_time_zone AS zone FROM ${TAKE_OVER_TABLE}`)) as {
    zone: string;
  }[];
  const zone = row?.zone ?? NO_ZONE;
  if (given !== undefined && given !== zone) {
    throw new DtxError(
      ERROR_CODES.takeOverRefused,
      `this take-over began with the time zone ${zone} and has copied rows with it: go on with the same one`,
    );
  }
  return zone === NO_ZONE ? undefined : zone;
}

/** From now on a coordinator may start. */
export async function finishTakeOver(queryRunner: QueryRunner, dialect: TakeOverDialect): Promise<void> {
  await queryRunner.query(`UPDATE ${TAKE_OVER_TABLE} SET finished_at = ${dialect.now}`);
}
