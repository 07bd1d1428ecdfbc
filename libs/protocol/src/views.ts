/** Answers of `/query`, `/all`, `/queryKV` and `/scanKV` (spec 2.10, 2.11): snake_case, RFC 3339 times, empty fields left out. */

export interface TransactionView {
  readonly id: number;
  readonly create_time: string;
  readonly update_time: string;
  readonly gid: string;
  readonly trans_type: string;
  readonly status: string;
  readonly query_prepared?: string;
  readonly protocol?: string;
  readonly finish_time?: string;
  readonly rollback_time?: string;
  readonly result?: string;
  readonly rollback_reason?: string;
  /** JSON text, as stored. */
  readonly options?: string;
  readonly custom_data?: string;
  readonly next_cron_interval?: number;
  readonly next_cron_time?: string;
  readonly owner?: string;
  readonly ext_data?: string;
  readonly concurrent: boolean;
  /** Ours: the initiator's own name for it. */
  readonly business_key?: string;
  /** Ours: failed calls since the last progress. */
  readonly attempts?: number;
  /** Ours: text of the last call that did not succeed. */
  readonly last_error?: string;
}

export interface BranchView {
  readonly id: number;
  readonly create_time: string;
  readonly update_time: string;
  readonly gid: string;
  readonly url?: string;
  /** Base64. */
  readonly bin_data?: string;
  readonly branch_id: string;
  readonly op: string;
  readonly status: string;
  readonly finish_time?: string;
  readonly rollback_time?: string;
}

export interface QueryView {
  readonly transaction: TransactionView | null;
  readonly branches: readonly BranchView[];
}

export interface ListView {
  readonly transactions: readonly TransactionView[] | null;
  /** Opaque; empty on the last page. */
  readonly next_position: string;
}

/** One row of the kv table (spec 2.11). */
export interface KvView {
  readonly id: number;
  readonly create_time: string;
  readonly update_time: string;
  readonly cat: string;
  readonly k: string;
  /** JSON text. */
  readonly v: string;
  readonly version: number;
}

export interface KvListView {
  readonly kv: readonly KvView[];
}

export interface KvPageView extends KvListView {
  /** Opaque; empty on the last page. */
  readonly next_position: string;
}
