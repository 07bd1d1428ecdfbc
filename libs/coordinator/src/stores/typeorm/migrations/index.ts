import { Initial1763700000000 } from './1763700000000-initial';
import { ListingIndex1763800000000 } from './1763800000000-listing-index';
import { PostgresStorage1763900000000 } from './1763900000000-postgres-storage';
import { BusinessKeyIndex1764100000000 } from './1764100000000-business-key-index';
import { SqliteDueIndex1764300000000 } from './1764300000000-sqlite-due-index';

/** All migrations, oldest first. Append only: an applied one is never edited. */
export const MIGRATIONS = [
  Initial1763700000000,
  ListingIndex1763800000000,
  PostgresStorage1763900000000,
  BusinessKeyIndex1764100000000,
  SqliteDueIndex1764300000000,
];

export const MIGRATIONS_TABLE = 'dtx_migrations';
