import type { QueryRunner, Table } from 'typeorm';
import { dataSourceOf } from '../data-source-of';
import { columnTypesOf } from '../column-types';

/**
 * Creates a table unless it is there: where DDL is not transactional (MySQL), a migration that broke off is run again from
 * its beginning. A table with other columns is not ours, and using it would damage somebody else's data.
 *
 * @throws Error for such a table
 */
export async function createTableOnce(queryRunner: QueryRunner, table: Table): Promise<void> {
  if (!(await queryRunner.hasTable(table.name))) return queryRunner.createTable(collated(table, queryRunner));
  const found = await queryRunner.getTable(table.name);
  const missing = table.columns.filter(({ name }) => !found?.findColumnByName(name)).map(({ name }) => name);
  if (missing.length === 0) return undefined;
  throw new Error(
    `the table ${table.name} exists and is not ours, it has no ${missing.join(', ')}: use another database`,
  );
}

/** Column by column: TypeORM's tables have no collation of their own. */
function collated(table: Table, queryRunner: QueryRunner): Table {
  const types = columnTypesOf(dataSourceOf(queryRunner).options.type);
  if (!types.collation) return table;
  for (const column of table.columns) {
    if (column.type === 'varchar' || column.type === types.text) Object.assign(column, types.collation);
  }
  return table;
}
