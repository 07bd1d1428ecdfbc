import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { reasonOf } from '../server/availability';
import { dialectOf } from '../server/dialects';
import type { ServerStoreOptions } from '../server/server-store.options';
import { TypeormSession } from '../server/typeorm-session';

const CONNECT_TIMEOUT_MS = 5000;

/**
 * Connects to a database server for work on its schema: without the limits of time that statements of a coordinator
 * have, as building an index may take long.
 *
 * @throws DtxError `DTX_STORE_UNAVAILABLE` when it cannot be reached, or a coordinator could not work on it
 */
export async function connectForSchema(options: ServerStoreOptions): Promise<DataSource> {
  const dataSource = new DataSource(connectionOf(options));
  try {
    await dataSource.initialize();
  } catch (cause) {
    const { driver, host, port, database, user } = options;
    throw new DtxError(
      ERROR_CODES.storeUnavailable,
      `cannot connect to ${driver} at ${host}:${port}, database ${database}, user ${user} (${reasonOf(cause)}): ` +
        'check that the server runs and STORE_*',
      { cause },
    );
  }
  try {
    // Before anything is changed that cannot be used then.
    const queryRunner = dataSource.createQueryRunner();
    await dialectOf(options.driver).checkServer(new TypeormSession(queryRunner));
    await queryRunner.release();
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

function connectionOf({ driver, host, port, user, password, database }: ServerStoreOptions): DataSourceOptions {
  const address = { host, port, username: user, password, database, poolSize: 2 };
  if (driver === 'postgres') return { type: driver, ...address, connectTimeoutMS: CONNECT_TIMEOUT_MS };
  return { type: driver, ...address, connectTimeout: CONNECT_TIMEOUT_MS, charset: 'utf8mb4', timezone: 'Z' };
}
