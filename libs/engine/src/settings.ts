/** What the engine needs to know of the coordinator's configuration. All durations are seconds. */
export interface EngineSettings {
  /** Base interval of transactions that set none (`RETRY_INTERVAL`, spec 6.2). */
  readonly retryInterval: number;
  /** Default of `timeout_to_fail` for every type except saga (`TIMEOUT_TO_FAIL`, spec 6.4). */
  readonly timeoutToFail: number;
  /** Longest distance that back-off grows to (`RETRY_INTERVAL_MAX`; Q10). A larger base interval is kept. */
  readonly retryIntervalMax: number;
}

export const DEFAULT_ENGINE_SETTINGS: EngineSettings = {
  retryInterval: 10,
  timeoutToFail: 35,
  retryIntervalMax: 900,
};
