import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { ServerDialect, Session } from '../dialect';
import { mysqlConnection, prepareMysqlSession } from './mysql-connection';
import { kindOf } from './mysql-errors';
import { MysqlStatements } from './mysql-statements';

/** The first versions with SKIP LOCKED. */
const OLDEST = { MariaDB: [10, 6], MySQL: [8, 0] } as const;

/** MariaDB and MySQL, through `mysql2`. */
export const MYSQL: ServerDialect = {
  connection: mysqlConnection,
  prepare: prepareMysqlSession,
  statements: (session) => new MysqlStatements(session),
  kindOf,
  checkServer,
};

async function checkServer(session: Session): Promise<void> {
  const [row] = await session.rows<{ version: string }>('SELECT VERSION() AS version');
  const problem = problemWithVersion(row?.version ?? '');
  if (problem) throw new DtxError(ERROR_CODES.storeUnavailable, problem);
}

/** @returns what is wrong with a server that calls itself so; MariaDB tells its name, MySQL does not */
export function problemWithVersion(version: string): string | undefined {
  const name = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  const [major = 0, minor = 0] = version.split('.').map(Number.parseFloat);
  const [oldMajor, oldMinor] = OLDEST[name];
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return undefined;
  return `${name} ${version} is too old: version ${oldMajor}.${oldMinor} or later is needed`;
}
