/** Options as they go over the wire, the same for every type of transaction (spec 2.2). Durations are seconds. */
export interface RequestOptions {
  readonly wait_result?: boolean;
  readonly timeout_to_fail?: number;
  /** Only for a saga. */
  readonly retry_limit?: number;
  readonly retry_interval?: number;
  readonly request_timeout?: number;
  readonly branch_headers?: Readonly<Record<string, string>>;
  readonly max_attempts?: number;
  readonly on_complete?: string;
  readonly business_key?: string;
}
