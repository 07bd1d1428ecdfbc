import type { CoordinatorOptions } from '@nestjs-dtx/coordinator';
import type { CoordinatorConfig } from './coordinator.config';
import { storeOptions } from './store-options';

/** @returns the configuration as the coordinator's library takes it. */
export function coordinatorOptions(config: CoordinatorConfig): CoordinatorOptions {
  return {
    http: { host: config.HTTP_HOST, port: config.HTTP_PORT },
    ...(config.GRPC_ENABLED && { grpc: { host: config.GRPC_HOST, port: config.GRPC_PORT } }),
    store: storeOptions(config),
    settings: {
      retryInterval: config.RETRY_INTERVAL,
      retryIntervalMax: config.RETRY_INTERVAL_MAX,
      timeoutToFail: config.TIMEOUT_TO_FAIL,
      requestTimeout: config.REQUEST_TIMEOUT,
      transCronInterval: config.TRANS_CRON_INTERVAL,
      leaseSeconds: config.LEASE_SECONDS,
      configUpdateInterval: config.CONFIG_UPDATE_INTERVAL,
      maxInFlight: config.MAX_IN_FLIGHT,
      admissionQueue: config.ADMISSION_QUEUE,
      admissionWait: config.ADMISSION_WAIT,
      claimBatch: config.CLAIM_BATCH,
      destinationConcurrency: config.DESTINATION_CONCURRENCY,
      destinationQueue: config.DESTINATION_QUEUE,
      breakerThreshold: config.BREAKER_THRESHOLD,
      breakerOpenMax: config.BREAKER_OPEN_MAX,
      outcomeSubstring: config.OUTCOME_SUBSTRING,
      brokers: config.BROKERS,
      shutdownTimeout: config.SHUTDOWN_TIMEOUT,
      retentionFinished: config.RETENTION_FINISHED,
      retentionInterval: config.RETENTION_INTERVAL,
      alertWebHook: config.ALERT_WEB_HOOK,
      alertRetryLimit: config.ALERT_RETRY_LIMIT,
      limits: {
        bodyBytes: config.LIMITS_BODY_BYTES,
        payloadBytes: config.LIMITS_PAYLOAD_BYTES,
        steps: config.LIMITS_STEPS,
        headers: config.LIMITS_HEADERS,
        customDataLength: config.LIMITS_CUSTOM_DATA_LENGTH,
      },
    },
  };
}
