import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { ServerDialect, Session } from '../dialect';
import { postgresConnection } from './postgres-connection';
import { kindOf } from './postgres-errors';
import { PostgresStatements } from './postgres-statements';

/** The oldest version that is tested is the oldest that its makers still maintain. */
const OLDEST_VERSION = 14;

/** A batch costs 200 to 300 µs of CPU besides its writes, 18 µs each. With it 16 % more sagas were finished at 64 under way. */
const OVERLAP_FROM = 16;

/** PostgreSQL, through `pg`. */
export const POSTGRES: ServerDialect = {
  overlapFrom: OVERLAP_FROM,
  connection: postgresConnection,
  statements: (session) => new PostgresStatements(session),
  kindOf,
  checkServer,
};

async function checkServer(session: Session): Promise<void> {
  const [row] = await session.rows<{ version: number; name: string }>(
    "SELECT current_setting('server_version_num')::integer AS version, current_setting('server_version') AS name",
  );
  if (row && row.version >= OLDEST_VERSION * 10_000) return;
  const message = `PostgreSQL ${row?.name ?? '?'} is too old: version ${OLDEST_VERSION} or later is needed`;
  throw new DtxError(ERROR_CODES.storeUnavailable, message);
}
