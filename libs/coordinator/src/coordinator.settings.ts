import { DEFAULT_ENGINE_SETTINGS, type EngineSettings } from '@nestjs-dtx/engine';
import { DEFAULT_LIMITS, type RequestLimits } from '@nestjs-dtx/protocol';

/** Everything that can be tuned. Durations are seconds, as in dtm's configuration (spec 6.8). */
export interface CoordinatorSettings extends EngineSettings {
  /** Timeout of a branch call for transactions that set none (`REQUEST_TIMEOUT`). */
  readonly requestTimeout: number;
  /** Distance between two scans for due transactions (`TRANS_CRON_INTERVAL`). */
  readonly transCronInterval: number;
  /** How long a runner owns a transaction without renewing (`LEASE_SECONDS`): the recovery time after a crash. */
  readonly leaseSeconds: number;
  /** Distance between two refreshes of the service registry (`CONFIG_UPDATE_INTERVAL`). */
  readonly configUpdateInterval: number;
  /** Transactions that run at the same time (`MAX_IN_FLIGHT`): the bound on memory. A tenth of them is kept for recovery. */
  readonly maxInFlight: number;
  /** Submits that may wait for a free place (`ADMISSION_QUEUE`), and how long (`ADMISSION_WAIT`). Then 503. */
  readonly admissionQueue: number;
  readonly admissionWait: number;
  /** Transactions claimed by one statement (`CLAIM_BATCH`). */
  readonly claimBatch: number;
  /** Calls at the same time to one destination (`DESTINATION_CONCURRENCY`), and calls that may wait for one (`DESTINATION_QUEUE`). */
  readonly destinationConcurrency: number;
  readonly destinationQueue: number;
  /** Calls without an answer in a row that open a destination's breaker (`BREAKER_THRESHOLD`), and how long it stays open at most (`BREAKER_OPEN_MAX`). */
  readonly breakerThreshold: number;
  readonly breakerOpenMax: number;
  /** Search FAILURE and ONGOING in bodies without `dtm_result` (`OUTCOME_SUBSTRING`). */
  readonly outcomeSubstring: boolean;
  /** URLs with user and password of the brokers that message branches are called through (`BROKERS`), separated by spaces. */
  readonly brokers: string;
  /** How long a shutdown waits for calls in flight (`SHUTDOWN_TIMEOUT`). */
  readonly shutdownTimeout: number;
  /** How long finished transactions are kept (`RETENTION_FINISHED`); 0 keeps them for ever. */
  readonly retentionFinished: number;
  /** Distance between two rounds of deleting those that were kept long enough (`RETENTION_INTERVAL`). */
  readonly retentionInterval: number;
  /** URL that is told of calls that go on failing and of incidents (`ALERT_WEB_HOOK`); empty: nobody is. */
  readonly alertWebHook: string;
  /** Failed calls of a transaction before the first alert (`ALERT_RETRY_LIMIT`). */
  readonly alertRetryLimit: number;
  readonly limits: RequestLimits;
}

export const DEFAULT_SETTINGS: CoordinatorSettings = {
  ...DEFAULT_ENGINE_SETTINGS,
  requestTimeout: 3,
  transCronInterval: 1,
  leaseSeconds: 10,
  configUpdateInterval: 3,
  maxInFlight: 2000,
  admissionQueue: 2000,
  admissionWait: 5,
  claimBatch: 100,
  destinationConcurrency: 128,
  destinationQueue: 256,
  breakerThreshold: 10,
  breakerOpenMax: 15,
  outcomeSubstring: true,
  brokers: '',
  shutdownTimeout: 10,
  retentionFinished: 7 * 24 * 3600,
  retentionInterval: 60,
  alertWebHook: '',
  alertRetryLimit: 3,
  limits: DEFAULT_LIMITS,
};
