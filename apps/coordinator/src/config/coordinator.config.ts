import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsNumber, IsString, Max, Min, MinLength } from 'class-validator';
import { DEFAULT_SETTINGS } from '@nestjs-dtx/coordinator';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** Twenty days: nobody means more, a typo should be noticed, and Node has no longer timers. Seconds. */
const MAX_SECONDS = 20 * 24 * 3600;

/** A number, or the text of one: nothing else counts as a number, or `true` would be one second. */
const Numeric = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? Number(value) : value));

const Seconds = (): PropertyDecorator => (target, key) => {
  Numeric()(target, key);
  IsInt()(target, key);
  Min(1)(target, key);
  Max(MAX_SECONDS)(target, key);
};

const Count =
  (most: number, least = 1): PropertyDecorator =>
  (target, key) => {
    Numeric()(target, key);
    IsInt()(target, key);
    Min(least)(target, key);
    Max(most)(target, key);
  };

/**
 * The configuration, one property per environment variable. Every default stands here or in DEFAULT_SETTINGS. Of several
 * broken rules the one that stands last is told: so the type of a value stands below its range.
 */
export class CoordinatorConfig {
  /** Loopback only: the API has no authentication. */
  @MinLength(1)
  @IsString()
  HTTP_HOST = '127.0.0.1';

  @Count(65_535, 0)
  HTTP_PORT = 36789;

  @IsIn(['sqlite', 'memory'])
  STORE_DRIVER: 'sqlite' | 'memory' = 'sqlite';

  @MinLength(1)
  @IsString()
  DATA_DIR = './data';

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

  /** `on` or `off`. */
  @Transform(({ value }) => ({ on: true, off: false, true: true, false: false })[String(value)] ?? value)
  @IsBoolean({ message: 'OUTCOME_SUBSTRING must be on or off' })
  OUTCOME_SUBSTRING: boolean = DEFAULT_SETTINGS.outcomeSubstring;

  @Seconds()
  SHUTDOWN_TIMEOUT = DEFAULT_SETTINGS.shutdownTimeout;

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
