import type { TransactionOptions } from './transaction-request';

/** The option fields as they stand in the `options` column and in the answers of `/query` (spec 7.1). */
interface OptionsJson {
  wait_result?: boolean;
  timeout_to_fail?: number;
  request_timeout?: number;
  retry_interval?: number;
  branch_headers?: Record<string, string>;
  concurrent: boolean;
  retry_limit?: number;
  max_attempts?: number;
  on_complete?: string;
}

/** @returns the JSON text of the `options` column: absent fields left out, `concurrent` always there (spec 7.1). */
export function optionsToJson(options: TransactionOptions): string {
  const json: OptionsJson = { concurrent: options.concurrent ?? false };
  if (options.waitResult) json.wait_result = true;
  if (options.timeoutToFail) json.timeout_to_fail = options.timeoutToFail;
  if (options.requestTimeout) json.request_timeout = options.requestTimeout;
  if (options.retryInterval) json.retry_interval = options.retryInterval;
  if (options.branchHeaders) json.branch_headers = { ...options.branchHeaders };
  if (options.retryLimit) json.retry_limit = options.retryLimit;
  if (options.maxAttempts) json.max_attempts = options.maxAttempts;
  if (options.onComplete) json.on_complete = options.onComplete;
  return JSON.stringify(json);
}

/** Reads what {@link optionsToJson} or dtm wrote. An empty text means no options. */
export function optionsFromJson(text: string): TransactionOptions {
  if (text === '') return {};
  const json = JSON.parse(text) as Partial<OptionsJson>;
  return {
    ...(json.wait_result ? { waitResult: true } : {}),
    ...(json.timeout_to_fail ? { timeoutToFail: json.timeout_to_fail } : {}),
    ...(json.request_timeout ? { requestTimeout: json.request_timeout } : {}),
    ...(json.retry_interval ? { retryInterval: json.retry_interval } : {}),
    ...(json.branch_headers ? { branchHeaders: json.branch_headers } : {}),
    ...(json.concurrent ? { concurrent: true } : {}),
    ...(json.retry_limit ? { retryLimit: json.retry_limit } : {}),
    ...(json.max_attempts ? { maxAttempts: json.max_attempts } : {}),
    ...(json.on_complete ? { onComplete: json.on_complete } : {}),
  };
}
