import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { ServerDialect, Session } from '../dialect';
import { mysqlConnection } from './mysql-connection';
import { kindOf } from './mysql-errors';
import * as sql from './mysql-sql';
import { MysqlStatements } from './mysql-statements';

/** The first versions with SKIP LOCKED, and with a collation that tells apart whatever differs. */
const OLDEST = { MariaDB: [10, 6, 0], MySQL: [8, 0, 17] } as const;

type Product = keyof typeof OLDEST;

/** How a product is told its batches. */
interface Batching {
  readonly form: sql.BatchForm;
  /**
   * Besides its writes a batch costs some 500 µs of the server's CPU, as much as a dozen of them. Where each statement is
   * answered by itself it costs more of ours as well.
   */
  readonly overlapFrom: number;
}

const BATCHING: Readonly<Record<Product, Batching>> = {
  MariaDB: { form: sql.COMPOUND, overlapFrom: 12 },
  MySQL: { form: sql.SEPARATE, overlapFrom: 24 },
};

/** MariaDB, through `mysql2`. */
export const MARIADB = dialectOf('MariaDB');
/** MySQL, which differs from MariaDB in its collations, and knows compound statements in procedures only. */
export const MYSQL = dialectOf('MySQL');

function dialectOf(product: Product): ServerDialect {
  const { form, overlapFrom } = BATCHING[product];
  return {
    overlapFrom,
    connection: mysqlConnection,
    statements: (session) => new MysqlStatements(session, form),
    kindOf,
    checkServer: (session) => checkServer(product, session),
  };
}

/** What a server says about itself. */
export interface ServerFacts {
  readonly version: string;
  readonly logBin: boolean;
  readonly binlogFormat: string;
}

async function checkServer(product: Product, session: Session): Promise<void> {
  const [row] = await session.rows<{ version: string; log_bin: number; binlog_format: string }>(
    'SELECT VERSION() AS version, @@log_bin AS log_bin, @@binlog_format AS binlog_format',
  );
  const { version = '', log_bin: logBin, binlog_format: binlogFormat = '' } = row ?? {};
  const problem = problemOf(product, { version, logBin: Number(logBin) === 1, binlogFormat });
  if (problem) throw new DtxError(ERROR_CODES.storeUnavailable, problem);
}

/** @returns why the server cannot be used; MariaDB tells its name, MySQL does not */
export function problemOf(product: Product, { version, logBin, binlogFormat }: ServerFacts): string | undefined {
  const found: Product = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  if (found !== product) return `the server is ${found} ${version}: set STORE_DRIVER=${found.toLowerCase()}`;
  const oldest = OLDEST[product];
  if (isOlder(version, oldest))
    return `${product} ${version} is too old: version ${oldest.join('.')} or later is needed`;
  // InnoDB refuses every write then, as the log could not repeat it.
  if (logBin && binlogFormat === 'STATEMENT') {
    return 'the server has binlog_format = STATEMENT, which excludes READ COMMITTED: set it to MIXED or ROW';
  }
  return undefined;
}

function isOlder(version: string, oldest: readonly number[]): boolean {
  const parts = version.split(/[.-]/, oldest.length).map(Number);
  const differing = oldest.findIndex((part, index) => part !== parts[index]);
  return differing !== -1 && !(parts[differing]! > oldest[differing]!);
}
