import { barrierTableDdl } from '@nestjs-dtx/client';
import type { BankEngine } from '../bank-database';
import type { Cleanup } from '../cleanup';
import { freshDatabase } from '../servers';
import { openMysql } from './mysql-participant';
import type { ParticipantDatabase } from './participant-database';
import { openPostgres } from './postgres-participant';
import { openSqlite } from './sqlite-participant';

/** Makes a participant's new database with the barrier's table. The clean-up removes it. */
export async function openParticipant(cleanup: Cleanup, engine: BankEngine): Promise<ParticipantDatabase> {
  const database = await open(cleanup, engine);
  for (const statement of barrierTableDdl(database.dialect)) await database.query(statement);
  return database;
}

async function open(cleanup: Cleanup, engine: BankEngine): Promise<ParticipantDatabase> {
  if (engine === 'sqlite') return openSqlite(cleanup);
  const address = await freshDatabase(cleanup, engine);
  return engine === 'postgres' ? openPostgres(cleanup, address) : openMysql(cleanup, address);
}
