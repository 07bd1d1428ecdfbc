import { join } from 'node:path';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource } from 'typeorm';
import type { StoreOptions } from '../../coordinator.options';
import { migrateSchema, migrationSql, schemaState, type MigrationOptions } from './schema/migrate-schema';
import { connectForSchema } from './schema/schema-data-source';
import type { ServerStoreOptions } from './server/server-store.options';
import { FolderLock } from './sqlite/folder-lock';

/** What a store's schema is, compared with what this version knows. */
export interface SchemaStatus {
  /** Names of the migrations, oldest first. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** `needed`: the tables are dtm's. `under way`: a take-over has begun and not ended. */
  readonly takeOver: 'none' | 'needed' | 'under way';
}

/** The schema of a store, for the command that migrates it. Not to be used while the store is open in the same process. */
export class StoreSchema {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly lock: FolderLock | undefined,
  ) {}

  /**
   * Connects to a store without changing anything.
   *
   * @throws DtxError `DTX_STORE_UNAVAILABLE`, `DTX_STORE_LOCKED` while a coordinator uses the embedded store;
   *   `DTX_INVALID_CONFIG` for a store that has no schema
   */
  static async connect(options: StoreOptions | ServerStoreOptions): Promise<StoreSchema> {
    if (options.driver === 'memory' || options.driver === 'custom') {
      throw new DtxError(ERROR_CODES.invalidConfig, `the ${options.driver} store has no schema to migrate`);
    }
    if (options.driver !== 'sqlite') return new StoreSchema(await connectForSchema(options), undefined);
    const lock = FolderLock.acquire(options.directory);
    try {
      const dataSource = new DataSource(sqliteOptions(join(options.directory, 'coordinator.sqlite')));
      return new StoreSchema(await dataSource.initialize(), lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** @throws DtxError `DTX_STORE_SCHEMA_TOO_NEW` */
  async status(): Promise<SchemaStatus> {
    const { applied, pending, takeOver } = await schemaState(this.dataSource);
    return { applied, pending: pending.map(({ name }) => name), takeOver };
  }

  /** @see migrateSchema */
  migrate(options?: MigrationOptions): Promise<void> {
    return migrateSchema(this.dataSource, options);
  }

  /** @see migrationSql */
  sql(options?: MigrationOptions): Promise<readonly string[]> {
    return migrationSql(this.dataSource, options);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    this.lock?.release();
  }
}
