import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { ServerStoreOptions } from '../server/server-store.options';

const CONNECT_TIMEOUT_MS = 5000;

/**
 * Connects to a database server for work on its schema: without the limits of time that statements of a coordinator
 * have, as building an index may take long.
 *
 * @throws DtxError `DTX_STORE_UNAVAILABLE`
 */
export async function connectForSchema(options: ServerStoreOptions): Promise<DataSource> {
  try {
    return await new DataSource(connectionOf(options)).initialize();
  } catch (cause) {
    const { driver, host, port, database, user } = options;
    const reason = cause instanceof Error && cause.message ? cause.message : (cause as { code?: string }).code;
    throw new DtxError(
      ERROR_CODES.storeUnavailable,
      `cannot connect to ${driver} at ${host}:${port}, database ${database}, as ${user} (${reason}): check STORE_*`,
      { cause },
    );
  }
}

function connectionOf({ driver, host, port, user, password, database }: ServerStoreOptions): DataSourceOptions {
  const address = { host, port, username: user, password, database, poolSize: 2 };
  if (driver === 'postgres') return { type: driver, ...address, connectTimeoutMS: CONNECT_TIMEOUT_MS };
  return { type: driver, ...address, connectTimeout: CONNECT_TIMEOUT_MS, charset: 'utf8mb4', timezone: 'Z' };
}
