import type { Instant } from '@nestjs-dtx/engine';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import type { ListFilter } from '../records';
import type { TransGlobalRow } from './entities/trans-global.entity';

/** One page, newest first. */
export interface RowPage {
  readonly rows: readonly TransGlobalRow[];
  /** Where the next page goes on; absent when there are no more rows. */
  readonly nextBeforeId?: number;
}

/** Ids to look at: `from` inclusive, `before` exclusive. */
interface IdRange {
  readonly from: number;
  readonly before: number;
}

/** What stands at one place of the table; nothing where no row follows. */
interface Probe {
  readonly probe: number | string;
  /** Engines have different booleans. */
  readonly earlier: number | string | boolean;
}

/** Rows that one statement goes through at most, and how many such statements a page is worth. */
const WINDOW = 1500;
const MOST_WINDOWS = 3;
/** Places that one statement looks at in search of a time. */
const PROBES = 8;
/** A search for a time ends when so few ids are left: the window that follows reads as many anyway. */
const CLOSE_ENOUGH = 1000;
/**
 * How far the order of ids and that of `create_time` may differ: writers that commit at the same time draw their ids in any
 * order. Milliseconds.
 */
const DISORDER_MS = 10_000;

/**
 * The transaction list by keyset pagination: whatever the filter, one page reads a bounded number of rows. Newest means the
 * greatest id. A rare status has an index, and so has a business key. Times of creation are found by dividing the ids, as both rise together. What no
 * index serves is filtered within windows of rows; when they run out, the page ends early and tells where to go on.
 */
export class TransactionListing {
  constructor(
    private readonly dataSource: DataSource,
    private readonly filter: ListFilter,
  ) {}

  async page(): Promise<RowPage> {
    const range = await this.range();
    return this.isIndexed() ? this.indexedPage(range) : this.windowedPage(range);
  }

  private async indexedPage(range: IdRange): Promise<RowPage> {
    const { limit } = this.filter;
    const rows = await this.matching(range, limit);
    return { rows, ...(rows.length === limit && { nextBeforeId: Number(rows.at(-1)!.id) }) };
  }

  private async windowedPage({ from, before }: IdRange): Promise<RowPage> {
    const { limit } = this.filter;
    const rows: TransGlobalRow[] = [];
    let rest: IdRange = { from, before };
    for (let windows = 0; windows < MOST_WINDOWS; windows += 1) {
      const start = await this.windowStart(rest);
      rows.push(...(await this.matching({ from: start ?? from, before: rest.before }, limit - rows.length)));
      if (rows.length === limit) return { rows, nextBeforeId: Number(rows.at(-1)!.id) };
      if (start === undefined) return { rows };
      rest = { from, before: start };
    }
    return { rows, nextBeforeId: rest.before };
  }

  /** @returns the id at which a window that ends with the range begins; `undefined` when it would hold all of the range. */
  private async windowStart(range: IdRange): Promise<number | undefined> {
    const row = await this.within(range)
      .select('t.id', 'id')
      .orderBy('t.id', 'DESC')
      .offset(WINDOW - 1)
      .limit(1)
      .getRawOne<{ id: number | string }>();
    return row && Number(row.id);
  }

  private matching(range: IdRange, limit: number): Promise<TransGlobalRow[]> {
    const { transType, status, createdFrom, createdTo } = this.filter;
    const query = this.within(range);
    if (transType) query.andWhere('t.transType = :transType', { transType });
    if (status && !this.isStatusIndexed()) query.andWhere('t.status = :status', { status });
    if (createdFrom !== undefined)
      query.andWhere('t.createTime >= :createdFrom', { createdFrom: new Date(createdFrom) });
    if (createdTo !== undefined) query.andWhere('t.createTime <= :createdTo', { createdTo: new Date(createdTo) });
    return query.orderBy('t.id', 'DESC').limit(limit).getMany();
  }

  /** Rows of the range that an index finds one after the other. */
  private within({ from, before }: IdRange): SelectQueryBuilder<TransGlobalRow> {
    const { businessKey, status } = this.filter;
    const query = this.rows().where('t.id >= :from AND t.id < :before', { from, before });
    // Two conditions each: the indexes are partial, and what is in them has to stand there word for word to be recognised.
    if (businessKey) query.andWhere("t.businessKey <> '' AND t.businessKey = :businessKey", { businessKey });
    else if (this.isStatusIndexed()) query.andWhere("t.status <> 'succeed' AND t.status = :status", { status });
    // Left to itself MariaDB finds what almost all rows are by the index on status, and looks each of them up.
    else query.useIndex('PRIMARY');
    return query;
  }

  private isIndexed(): boolean {
    const { transType, status, createdFrom, createdTo } = this.filter;
    const isServed = status === undefined || this.isStatusIndexed();
    return isServed && transType === undefined && createdFrom === undefined && createdTo === undefined;
  }

  /** All but the one that almost all transactions end with; and one index serves a page. */
  private isStatusIndexed(): boolean {
    const { businessKey, status } = this.filter;
    return status !== undefined && status !== 'succeed' && !businessKey;
  }

  private async range(): Promise<IdRange> {
    const { beforeId = Number.MAX_SAFE_INTEGER, createdFrom, createdTo } = this.filter;
    if (createdFrom === undefined && createdTo === undefined) return { from: 0, before: beforeId };
    const ids = await this.firstAndLast();
    const from = createdFrom === undefined ? 0 : (await this.around(createdFrom - DISORDER_MS, ids)).from;
    const end = createdTo === undefined ? beforeId : (await this.around(createdTo + DISORDER_MS, ids)).before;
    return { from, before: Math.min(beforeId, end) };
  }

  private async firstAndLast(): Promise<IdRange> {
    const [first, last] = [await this.outermost('ASC'), await this.outermost('DESC')];
    return { from: first ?? 0, before: (last ?? 0) + 1 };
  }

  private async outermost(order: 'ASC' | 'DESC'): Promise<number | undefined> {
    const row = await this.rows()
      .select('t.id', 'id')
      .where('t.id > 0')
      .orderBy('t.id', order)
      .limit(1)
      .getRawOne<{ id: number | string }>();
    return row && Number(row.id);
  }

  /** @returns few ids, such that rows before them were created before the instant, and rows after them at or after it */
  private async around(instant: Instant, ids: IdRange): Promise<IdRange> {
    let { from, before } = ids;
    while (before - from > CLOSE_ENOUGH) {
      const step = Math.ceil((before - from) / (PROBES + 1));
      const probes = Array.from({ length: PROBES }, (_, index) => from + step * (index + 1));
      const passed = await this.createdBefore(instant, probes);
      before = Math.min(before, probes[passed] ?? before);
      from = probes[passed - 1] ?? from;
    }
    return { from, before };
  }

  /** One statement for all ids. @returns of how many of them, from the first on, the next row was created before the instant */
  private async createdBefore(instant: Instant, ids: readonly number[]): Promise<number> {
    const { driver } = this.dataSource;
    const probes = ids.map(
      (id, index) => `SELECT ${index} AS probe, create_time < ${driver.createParameter('instant', index)} AS earlier
        FROM (SELECT create_time FROM trans_global WHERE id >= ${id} ORDER BY id LIMIT 1) p${index}`,
    );
    const instants = ids.map(() => new Date(instant));
    const rows = await this.dataSource.query<Probe[]>(probes.join(' UNION ALL '), instants);
    const earlier = new Set(rows.filter((row) => Number(row.earlier) === 1).map(({ probe }) => Number(probe)));
    const passed = ids.findIndex((_, index) => !earlier.has(index));
    return passed === -1 ? ids.length : passed;
  }

  private rows(): SelectQueryBuilder<TransGlobalRow> {
    return this.dataSource.getRepository<TransGlobalRow>('trans_global').createQueryBuilder('t');
  }
}
