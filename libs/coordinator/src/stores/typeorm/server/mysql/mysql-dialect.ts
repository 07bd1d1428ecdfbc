import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { ServerDialect, Session } from '../dialect';
import { mysqlConnection } from './mysql-connection';
import { kindOf } from './mysql-errors';
import { MysqlStatements } from './mysql-statements';

/** MariaDB and MySQL, through `mysql2`: they differ in nothing that is used here. */
export const MYSQL: ServerDialect = {
  connection: mysqlConnection,
  statements: (session) => new MysqlStatements(session),
  kindOf,
  checkServer,
};

/** SKIP LOCKED, JSON_TABLE, and a collation that tells apart whatever differs. */
const OLDEST = { MariaDB: [10, 6, 0], MySQL: [8, 0, 17] } as const;

async function checkServer(session: Session): Promise<void> {
  const [row] = await session.rows<{ version: string; log_bin: string | number; binlog_format: string }>(
    'SELECT VERSION() AS version, @@log_bin AS log_bin, @@binlog_format AS binlog_format',
  );
  const { version = '', log_bin: logBin, binlog_format: format } = row ?? {};
  const product = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  const oldest = OLDEST[product];
  if (isOlder(version, oldest)) {
    throw unusable(`${product} ${version} is too old: version ${oldest.join('.')} or later is needed`);
  }
  // InnoDB refuses each write then, as it could not be repeated from the log.
  if (Number(logBin) === 1 && format === 'STATEMENT') {
    throw unusable('the server has binlog_format = STATEMENT, which excludes READ COMMITTED: set it to MIXED or ROW');
  }
}

function isOlder(version: string, oldest: readonly number[]): boolean {
  const parts = version.split(/[.-]/, 3).map(Number);
  const differing = oldest.findIndex((part, index) => part !== parts[index]);
  return differing !== -1 && !((parts[differing] ?? 0) > oldest[differing]!);
}

const unusable = (message: string): DtxError => new DtxError(ERROR_CODES.storeUnavailable, message);
