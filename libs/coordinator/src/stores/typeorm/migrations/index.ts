import { Initial1763700000000 } from './1763700000000-initial';

/** All migrations, oldest first. Append only: an applied one is never edited. */
export const MIGRATIONS = [Initial1763700000000];

export const MIGRATIONS_TABLE = 'dtx_migrations';
