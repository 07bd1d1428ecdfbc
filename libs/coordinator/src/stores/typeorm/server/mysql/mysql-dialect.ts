import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { ServerDialect, Session } from '../dialect';
import { mysqlConnection } from './mysql-connection';
import { kindOf } from './mysql-errors';
import { MysqlStatements } from './mysql-statements';

/** MariaDB and MySQL, through `mysql2`. */
export const MYSQL: ServerDialect = {
  connection: mysqlConnection,
  statements: (session) => new MysqlStatements(session),
  kindOf,
  checkServer,
};

/** The first versions with SKIP LOCKED, and with a collation that tells apart whatever differs. */
const OLDEST = { MariaDB: [10, 6, 0], MySQL: [8, 0, 17] } as const;

/** What a server says about itself. */
export interface ServerFacts {
  readonly version: string;
  readonly logBin: boolean;
  readonly binlogFormat: string;
}

async function checkServer(session: Session): Promise<void> {
  const [row] = await session.rows<{ version: string; log_bin: number; binlog_format: string }>(
    'SELECT VERSION() AS version, @@log_bin AS log_bin, @@binlog_format AS binlog_format',
  );
  const { version = '', log_bin: logBin, binlog_format: binlogFormat = '' } = row ?? {};
  const problem = problemOf({ version, logBin: Number(logBin) === 1, binlogFormat });
  if (problem) throw new DtxError(ERROR_CODES.storeUnavailable, problem);
}

/** @returns why the server cannot be used; MariaDB tells its name, MySQL does not */
export function problemOf({ version, logBin, binlogFormat }: ServerFacts): string | undefined {
  const name = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  const oldest = OLDEST[name];
  if (isOlder(version, oldest)) return `${name} ${version} is too old: version ${oldest.join('.')} or later is needed`;
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
