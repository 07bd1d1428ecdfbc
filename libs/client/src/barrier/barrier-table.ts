import { BarrierTableError } from '../errors/barrier-table.error';
import type { BarrierInfo } from './barrier-info';
import type { BarrierDialect } from './dialects/dialect';
import { DIALECTS } from './dialects/dialects';
import type { SqlExecutor } from './sql-executor';
import { DEFAULT_BARRIER_TABLE, parseTableName } from './table-name';

/** Where the barrier's rows stand. */
export interface BarrierOptions {
  readonly dialect: BarrierDialect;
  /**
   * `table` or `schema.table`.
   * @default 'dtx_barrier'
   */
  readonly table?: string;
}

/** The key of a row besides the gid. */
interface RowKey {
  readonly branchId: string;
  readonly op: string;
  readonly barrierId: string;
}

/** The rows of one global transaction in a barrier table (spec 8.1). */
export class BarrierTable {
  private readonly name: string;
  private readonly insertSql: string;
  private readonly selectSql: string;

  /** @throws BarrierTableError for a name that is none */
  constructor(
    private readonly info: BarrierInfo,
    options: BarrierOptions,
  ) {
    this.name = options.table ?? DEFAULT_BARRIER_TABLE;
    const table = parseTableName(this.name);
    const dialect = DIALECTS[options.dialect];
    this.insertSql = dialect.insertIgnore(table);
    this.selectSql = dialect.selectReason(table);
  }

  /** @returns whether the row is new. */
  async insert(executor: SqlExecutor, key: RowKey, reason: string): Promise<boolean> {
    const { transType, gid } = this.info;
    const parameters = [transType, gid, key.branchId, key.op, key.barrierId, reason];
    const { affected } = await executor.execute(this.insertSql, parameters);
    // Guessing here would mean running the business twice or never.
    if (affected !== 0 && affected !== 1) {
      throw new BarrierTableError(this.name, `answered an insert with ${String(affected)} affected rows, not 0 or 1`);
    }
    return affected === 1;
  }

  /** @returns the op that stored the row; only to be asked when {@link insert} found it there. */
  async reason(executor: SqlExecutor, key: RowKey): Promise<string> {
    const { rows } = await executor.execute(this.selectSql, [this.info.gid, key.branchId, key.op, key.barrierId]);
    const reason = rows[0]?.['reason'];
    if (typeof reason !== 'string') {
      throw new BarrierTableError(this.name, 'refused a row as a duplicate and then did not show it');
    }
    return reason;
  }
}

/**
 * @param table `table` or `schema.table`
 * @returns statements that create the barrier's table and its index if they are not there, to be run in this order
 * @throws BarrierTableError for a name that is none
 */
export function barrierTableDdl(dialect: BarrierDialect, table: string = DEFAULT_BARRIER_TABLE): string[] {
  return [...DIALECTS[dialect].createTable(parseTableName(table))];
}
