import { keptAs, type DtmTable } from './dtm-tables';
import type { TakeOverDialect } from './take-over-dialect';
import type { LocalOffsets } from './time-zone';

/** How the rows of one of dtm's tables become ours. */
export interface CopyPlan {
  readonly table: DtmTable;
  /** The table that holds dtm's rows; `s` in the expressions. */
  readonly source: string;
  /** Column of ours, and its expression. */
  readonly values: Readonly<Record<string, string>>;
  readonly join?: string;
}

/** From what the plans are made. */
export interface CopyContext {
  readonly dialect: TakeOverDialect;
  readonly zone: LocalOffsets;
  /** Columns of dtm's tables, under the names that they have now. */
  readonly sources: ReadonlyMap<DtmTable, ReadonlySet<string>>;
}

/** Ids after `afterId` up to `upToId`. */
export interface IdRange {
  readonly afterId: number;
  readonly upToId: number;
}

const UNFINISHED = "s.status NOT IN ('succeed', 'failed')";

/** @returns one statement that copies a range of rows, or all of them. */
export function copyStatement({ table, source, values, join = '' }: CopyPlan, range?: IdRange): string {
  const columns = Object.keys(values).join(', ');
  const expressions = Object.entries(values).map(([column, expression]) => `${expression} AS ${column}`);
  const rows = range ? ` WHERE s.id > ${range.afterId} AND s.id <= ${range.upToId}` : '';
  return `INSERT INTO ${table} (${columns}) SELECT ${expressions.join(', ')} FROM ${source} s${join}${rows}`;
}

/** @returns the plans of the tables that are there. */
export function copyPlans(context: CopyContext): CopyPlan[] {
  const plans: Readonly<Record<DtmTable, (column: SourceColumns) => Omit<CopyPlan, 'table' | 'source'>>> = {
    trans_global: globalPlan,
    trans_branch_op: branchPlan,
    kv: kvPlan,
  };
  return [...context.sources].map(([table, present]) => {
    const columns = new SourceColumns(context, present);
    return { table, source: keptAs(table), ...plans[table](columns) };
  });
}

/** The columns of one source table, with a stand-in for those that a later version of dtm added. */
class SourceColumns {
  constructor(
    private readonly context: CopyContext,
    private readonly present: ReadonlySet<string>,
  ) {}

  get dialect(): TakeOverDialect {
    return this.context.dialect;
  }

  has(name: string): boolean {
    return this.present.has(name);
  }

  /** As it is. */
  same(...names: readonly string[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, `s.${name}`]));
  }

  /** dtm's are nullable, ours are not. */
  texts(...names: readonly string[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, this.has(name) ? `COALESCE(s.${name}, '')` : "''"]));
  }

  instant(name: string): string {
    return this.has(name) ? this.dialect.instant(`s.${name}`, this.context.zone) : 'NULL';
  }

  /** Nullable in dtm's tables, and in practice always there. */
  created(): Record<'create_time' | 'update_time', string> {
    const [created, updated] = [this.instant('create_time'), this.instant('update_time')];
    return {
      create_time: `COALESCE(${created}, ${updated}, ${this.dialect.now})`,
      update_time: `COALESCE(${updated}, ${created}, ${this.dialect.now})`,
    };
  }

  ended(): Record<'finish_time' | 'rollback_time', string> {
    return { finish_time: this.instant('finish_time'), rollback_time: this.instant('rollback_time') };
  }
}

function globalPlan(from: SourceColumns) {
  const due = `COALESCE(${from.instant('next_cron_time')}, ${from.dialect.now})`;
  const counted = `(SELECT COUNT(*) FROM ${keptAs('trans_branch_op')} b WHERE b.gid = s.gid)`;
  return {
    values: {
      ...from.same('id', 'gid', 'trans_type', 'status'),
      ...from.texts('query_prepared', 'protocol'),
      ...from.created(),
      ...from.ended(),
      ...from.texts('options', 'custom_data'),
      next_cron_interval: from.has('next_cron_interval') ? 's.next_cron_interval' : 'NULL',
      // dtm leaves it on finished rows; ours are out of the due-scan's index.
      next_cron_time: `CASE WHEN ${UNFINISHED} THEN ${due} END`,
      // Whoever held the row in dtm is no runner of ours: a token is no lease.
      owner: "''",
      lease_until: 'NULL',
      ...from.texts('ext_data', 'result', 'rollback_reason'),
      epoch: '1',
      branch_count: counted,
      attempts: '0',
      last_error: "''",
      business_key: "''",
    },
  };
}

function branchPlan(from: SourceColumns) {
  const text = 's.data';
  const oldPayload = from.has('data') ? from.dialect.bytes(text) : 'NULL';
  const bothPayloads = from.has('data') ? from.dialect.payload('s.bin_data', text) : 's.bin_data';
  return {
    values: {
      ...from.same('id'),
      // dtm's collation on MySQL takes letters of either case for the same, ours does not: what dtm counted as a branch
      // of a transaction must stay one.
      gid: 'COALESCE(g.gid, s.gid)',
      ...from.texts('url'),
      bin_data: from.has('bin_data') ? bothPayloads : oldPayload,
      ...from.same('branch_id', 'op', 'status'),
      ...from.ended(),
      ...from.created(),
    },
    join: ` LEFT JOIN ${keptAs('trans_global')} g ON g.gid = s.gid`,
  };
}

function kvPlan(from: SourceColumns) {
  return {
    values: {
      ...from.same('id', 'cat', 'k'),
      ...from.texts('v'),
      version: 'COALESCE(s.version, 1)',
      ...from.created(),
    },
  };
}
