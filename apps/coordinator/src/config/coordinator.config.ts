import { IsIn, IsNumber, IsString, Max, Min } from 'class-validator';
import { DEFAULT_SETTINGS } from '@nestjs-dtx/coordinator';
import { Brokers, Count, Numeric, Optional, Seconds, Switch, Text, WebHook } from './value-rules';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

const STORE_DRIVERS = ['sqlite', 'memory', 'mariadb', 'mysql', 'postgres'] as const;
export type StoreDriverName = (typeof STORE_DRIVERS)[number];

/** Ten years. Seconds. */
const MAX_RETENTION = 10 * 365 * 24 * 3600;

/** Names of dtm for what has another name here. */
export const ALIASES: ReadonlyMap<string, keyof CoordinatorConfig> = new Map([
  ['STORE_MAX_OPEN_CONNS', 'STORE_POOL_SIZE'],
]);

/** Values that must not be told to anybody, and in which every character counts. */
export const SECRETS: ReadonlySet<string> = new Set<keyof CoordinatorConfig>([
  'STORE_PASSWORD',
  'ALERT_WEB_HOOK',
  'BROKERS',
]);

/**
 * The configuration, one property per environment variable. Every default stands here or in DEFAULT_SETTINGS. Of several
 * broken rules the one that stands last is told: so the type of a value stands below its range.
 */
export class CoordinatorConfig {
  /** Loopback only: the API has no authentication. */
  @Text()
  HTTP_HOST = '127.0.0.1';

  @Count(65_535, 0)
  HTTP_PORT = 36789;

  /** Off: not served over gRPC. Branches are called over gRPC all the same. */
  @Switch()
  GRPC_ENABLED: boolean = true;

  @Text()
  GRPC_HOST = '127.0.0.1';

  @Count(65_535, 0)
  GRPC_PORT = 36790;

  @IsIn(STORE_DRIVERS)
  STORE_DRIVER: StoreDriverName = 'sqlite';

  @Text()
  DATA_DIR = './data';

  @Text()
  STORE_HOST = '127.0.0.1';

  /** Not given: the usual one of the driver. */
  @Count(65_535)
  @Optional()
  STORE_PORT: number | undefined = undefined;

  /** Needed by database servers. */
  @IsString()
  STORE_USER = '';

  @IsString()
  STORE_PASSWORD = '';

  @Text()
  STORE_DB = 'dtm';

  @Count(1000)
  @Optional()
  STORE_POOL_SIZE: number | undefined = undefined;

  /** Not given: `on` for the embedded store, `off` for servers, which other coordinators may be working on. */
  @Switch()
  @Optional()
  STORE_AUTO_MIGRATE: boolean | undefined = undefined;

  @IsIn(LOG_LEVELS)
  LOG_LEVEL: LogLevelName = 'info';

  @Seconds()
  RETRY_INTERVAL = DEFAULT_SETTINGS.retryInterval;

  @Seconds()
  RETRY_INTERVAL_MAX = DEFAULT_SETTINGS.retryIntervalMax;

  @Seconds()
  TIMEOUT_TO_FAIL = DEFAULT_SETTINGS.timeoutToFail;

  @Seconds()
  REQUEST_TIMEOUT = DEFAULT_SETTINGS.requestTimeout;

  @Numeric()
  @Min(0.1)
  @Max(3600)
  @IsNumber()
  TRANS_CRON_INTERVAL = DEFAULT_SETTINGS.transCronInterval;

  @Seconds()
  LEASE_SECONDS = DEFAULT_SETTINGS.leaseSeconds;

  @Seconds()
  CONFIG_UPDATE_INTERVAL = DEFAULT_SETTINGS.configUpdateInterval;

  @Count(100_000)
  MAX_IN_FLIGHT = DEFAULT_SETTINGS.maxInFlight;

  @Count(100_000, 0)
  ADMISSION_QUEUE = DEFAULT_SETTINGS.admissionQueue;

  @Seconds()
  ADMISSION_WAIT = DEFAULT_SETTINGS.admissionWait;

  @Count(10_000)
  CLAIM_BATCH = DEFAULT_SETTINGS.claimBatch;

  @Count(10_000)
  DESTINATION_CONCURRENCY = DEFAULT_SETTINGS.destinationConcurrency;

  @Count(100_000, 0)
  DESTINATION_QUEUE = DEFAULT_SETTINGS.destinationQueue;

  @Count(1_000_000)
  BREAKER_THRESHOLD = DEFAULT_SETTINGS.breakerThreshold;

  @Seconds()
  BREAKER_OPEN_MAX = DEFAULT_SETTINGS.breakerOpenMax;

  @Switch()
  OUTCOME_SUBSTRING: boolean = DEFAULT_SETTINGS.outcomeSubstring;

  /** Who the coordinator is at message brokers. */
  @Brokers()
  BROKERS = DEFAULT_SETTINGS.brokers;

  @Seconds()
  SHUTDOWN_TIMEOUT = DEFAULT_SETTINGS.shutdownTimeout;

  /** 0 keeps everything. */
  @Count(MAX_RETENTION, 0)
  RETENTION_FINISHED = DEFAULT_SETTINGS.retentionFinished;

  @Seconds()
  RETENTION_INTERVAL = DEFAULT_SETTINGS.retentionInterval;

  /** Empty: nobody is told. */
  @WebHook()
  ALERT_WEB_HOOK = DEFAULT_SETTINGS.alertWebHook;

  @Count(1_000_000)
  ALERT_RETRY_LIMIT = DEFAULT_SETTINGS.alertRetryLimit;

  @Count(1024 * 1024 * 1024)
  LIMITS_BODY_BYTES = DEFAULT_SETTINGS.limits.bodyBytes;

  @Count(1024 * 1024 * 1024)
  LIMITS_PAYLOAD_BYTES = DEFAULT_SETTINGS.limits.payloadBytes;

  @Count(100_000)
  LIMITS_STEPS = DEFAULT_SETTINGS.limits.steps;

  @Count(1000, 0)
  LIMITS_HEADERS = DEFAULT_SETTINGS.limits.headers;

  @Count(1024 * 1024 * 1024)
  LIMITS_CUSTOM_DATA_LENGTH = DEFAULT_SETTINGS.limits.customDataLength;
}
