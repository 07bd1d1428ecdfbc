import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { barrierMigration } from 'nestjs-dtx';
import { Account } from '../accounts/entities/account.entity';
import { LedgerEntry } from '../accounts/entities/ledger-entry.entity';
import { Initial1763700000000 } from './migrations/1763700000000-initial';

/** What is the same on every engine: the bank's tables and the barrier's, in one database. */
const SCHEMA = {
  entities: [Account, LedgerEntry],
  migrations: [barrierMigration(), Initial1763700000000],
  migrationsRun: true,
};

/** @param url of the configuration: `sqlite:<file>`, `mysql://…` or `postgres://…` */
export function databaseOptions(url: string): TypeOrmModuleOptions {
  const [, file] = /^sqlite:(.+)$/.exec(url) ?? [];
  return { ...(file === undefined ? serverOptions(new URL(url)) : fileOptions(file)), ...SCHEMA };
}

/** @returns whether the database can hold a transaction open for others to decide about. */
export function hasXa(url: string): boolean {
  return !url.startsWith('sqlite:');
}

function fileOptions(file: string): TypeOrmModuleOptions {
  mkdirSync(dirname(file), { recursive: true });
  return sqliteOptions(file);
}

function serverOptions({ protocol, hostname, port, username, password, pathname }: URL): TypeOrmModuleOptions {
  return {
    // MariaDB is told apart from MySQL by nothing that the bank uses.
    type: protocol === 'postgres:' ? 'postgres' : 'mysql',
    host: hostname,
    ...(port !== '' && { port: Number(port) }),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    poolSize: 10,
  };
}
