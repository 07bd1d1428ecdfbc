import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { DataSource } from 'typeorm';
import { migrateSchema, schemaState } from './schema/migrate-schema';
import { connectForSchema } from './schema/schema-data-source';
import type { SchemaState } from './schema/schema-state';
import type { ServerStoreOptions } from './server/server-store.options';

/**
 * Makes sure, at the start of a coordinator, that the schema is what this version knows.
 *
 * @param dataSource connected; with the right to change the schema if it may have to
 * @param auto whether an old schema is migrated. A database of dtm's never is: whoever takes it over stops dtm for good
 * @throws DtxError `DTX_STORE_SCHEMA_TOO_NEW` when a later version has migrated it: this one would misread it;
 *   `DTX_STORE_SCHEMA_OLD`, with the command to run, when it is old and may not be migrated here
 */
export async function migrate(dataSource: DataSource, { auto }: { readonly auto: boolean }): Promise<void> {
  const state = await schemaState(dataSource);
  const old = problemOf(state, auto);
  if (old) throw new DtxError(ERROR_CODES.storeSchemaOld, old);
  if (state.pending.length > 0) await migrateSchema(dataSource);
}

/**
 * The same for a database server, on a connection of its own: that of a coordinator is made for short statements, and
 * building an index or waiting for another coordinator that builds it is none.
 *
 * @throws DtxError as `migrate` does; `DTX_STORE_UNAVAILABLE` when the server cannot be reached
 */
export async function migrateServer(options: ServerStoreOptions): Promise<void> {
  const dataSource = await connectForSchema(options);
  try {
    await migrate(dataSource, { auto: options.autoMigrate ?? false });
  } finally {
    await dataSource.destroy();
  }
}

function problemOf({ takeOver, pending, applied }: SchemaState, auto: boolean): string | undefined {
  const how = 'run `coordinator migrate` (docs/takeover.md)';
  if (takeOver === 'needed') return `the database holds the tables of dtm: to take it over, stop dtm and ${how}`;
  if (takeOver === 'under way') return `the take-over of this database has not ended: ${how} again`;
  if (auto || pending.length === 0) return undefined;
  const what = applied.length === 0 ? 'the database is empty' : `the schema lacks ${pending.map(nameOf).join(', ')}`;
  return `${what}: run \`coordinator migrate\`, or set STORE_AUTO_MIGRATE=on`;
}

const nameOf = ({ name }: { readonly name: string }): string => name;
