import { Logger } from '@nestjs/common';
import { startCoordinator, type CoordinatorOptions, type CoordinatorSettings } from '@nestjs-dtx/coordinator';

/** @see startTestCoordinator */
export interface TestCoordinatorOptions extends Partial<Omit<CoordinatorOptions, 'http' | 'settings'>> {
  /** Seconds, whatever is a duration. By default it looks for due transactions ten times a second. */
  readonly settings?: Partial<CoordinatorSettings>;
}

/** A coordinator that serves in this process. */
export interface TestCoordinator {
  /** `http://host:port` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a whole coordinator on a free port, as it is in production but for its store, which is in memory, and a quiet log. */
export async function startTestCoordinator(options: TestCoordinatorOptions = {}): Promise<TestCoordinator> {
  const { settings, ...more } = options;
  Logger.overrideLogger(['warn', 'error', 'fatal']);
  const coordinator = await startCoordinator({
    store: { driver: 'memory' },
    ...more,
    http: { host: '127.0.0.1', port: 0 },
    settings: { transCronInterval: 0.1, configUpdateInterval: 0.5, ...settings },
  });
  return { url: coordinator.url, stop: () => coordinator.close() };
}
