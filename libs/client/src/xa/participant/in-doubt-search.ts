import { quoted } from '../../barrier/dialects/dialect';
import { DEFAULT_BARRIER_TABLE, parseTableName } from '../../barrier/table-name';
import type { XaDialect } from '../xid';

/** Where to look for branches. */
export interface InDoubtSearch {
  /** The barrier table, quoted: only branches that have written to it are this service's. */
  readonly table: string;
}

/** @throws BarrierTableError for a name that is none */
export function inDoubtSearch(dialect: XaDialect, table: string = DEFAULT_BARRIER_TABLE): InDoubtSearch {
  return { table: quoted(parseTableName(table), dialect === 'mysql' ? '`' : '"') };
}
