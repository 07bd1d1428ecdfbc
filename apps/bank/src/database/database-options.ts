import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { barrierMigration } from 'nestjs-dtx';
import { Account } from '../accounts/entities/account.entity';
import { LedgerEntry } from '../accounts/entities/ledger-entry.entity';
import { Initial1763700000000 } from './migrations/1763700000000-initial';

/** @returns the bank's database: its tables and the barrier's, in one SQLite file. */
export function databaseOptions(file: string): TypeOrmModuleOptions {
  mkdirSync(dirname(file), { recursive: true });
  return {
    ...sqliteOptions(file),
    entities: [Account, LedgerEntry],
    migrations: [barrierMigration(), Initial1763700000000],
    migrationsRun: true,
  };
}
