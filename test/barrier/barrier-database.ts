import type { Cleanup } from '../support/cleanup';
import { openParticipant } from '../support/participant/open-participant';
import type { ParticipantDatabase } from '../support/participant/participant-database';
import type { ServerName } from '../support/servers';

/** A participant's database with a table of effects. */
export type BarrierDatabase = ParticipantDatabase;

/** Makes a database with the barrier's table, and a table of effects. The clean-up removes it. */
export async function barrierDatabase(cleanup: Cleanup, name: ServerName): Promise<BarrierDatabase> {
  const database = await openParticipant(cleanup, name);
  await database.query('create table effects (gid varchar(128), op varchar(45))');
  return database;
}
