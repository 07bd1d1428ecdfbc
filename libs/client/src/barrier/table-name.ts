import { BarrierTableError } from '../errors/barrier-table.error';

/** Where barriers stand unless the options say otherwise: in the handler's own database (design 6). */
export const DEFAULT_BARRIER_TABLE = 'dtx_barrier';

/** A checked table name, safe to stand in a statement. */
export interface TableName {
  /** Absent: the connection's own schema or database. */
  readonly schema?: string;
  readonly table: string;
}

/** 48 leave room for the suffix of an index name within PostgreSQL's 63 characters. */
const NAME = /^(?:([A-Za-z_][A-Za-z0-9_]{0,47})\.)?([A-Za-z_][A-Za-z0-9_]{0,47})$/;

/**
 * @param name `table` or `schema.table`
 * @throws BarrierTableError when it is anything else: the name is put into SQL as it is
 */
export function parseTableName(name: string): TableName {
  const [, schema, table] = NAME.exec(name) ?? [];
  if (table === undefined) {
    throw new BarrierTableError(
      name,
      'is no valid name: use letters, digits and _, at most 48 of them, as table or schema.table',
    );
  }
  return schema === undefined ? { table } : { schema, table };
}
