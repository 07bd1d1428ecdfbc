import type { KvListView, KvPageView, KvView } from '@nestjs-dtx/protocol';
import type { KvFilter, KvRecord } from '../stores/records';
import type { TransactionStore } from '../stores/transaction-store';

/** What operators look up in the kv table: never on the hot path. */
export class KvService {
  constructor(private readonly store: TransactionStore) {}

  /** Spec 2.11, `scanKV`: page by page, in the order of the keys. */
  async scan(filter: KvFilter): Promise<KvPageView> {
    const { rows, nextAfterKey } = await this.store.kvPage(filter);
    return { kv: rows.map(viewOf), next_position: nextAfterKey ?? '' };
  }

  /** Spec 2.11, `queryKV`. @param key absent: all of the category */
  async query(category: string, key?: string): Promise<KvListView> {
    if (key === undefined) return { kv: (await this.store.kvScan(category)).map(viewOf) };
    const row = await this.store.kvFind(category, key);
    return { kv: row ? [viewOf(row)] : [] };
  }
}

function viewOf(row: KvRecord): KvView {
  return {
    id: row.id,
    create_time: new Date(row.createTime).toISOString(),
    update_time: new Date(row.updateTime).toISOString(),
    cat: row.category,
    k: row.key,
    v: row.value,
    version: row.version,
  };
}
