import { Logger } from '@nestjs/common';
import type { ServiceAnnouncement } from '@nestjs-dtx/protocol';
import type { RegistryClient } from './registry-client';

/** First pause after a failed announcement; it doubles up to the regular interval. Milliseconds. */
const FIRST_RETRY_MS = 250;

type State = 'new' | 'registered' | 'unreachable';

/** Announces an instance again and again, a third of its ttl apart. */
export class Heartbeat {
  private readonly logger = new Logger('DtxRegistrar');
  private readonly intervalMs: number;
  private state: State = 'new';
  private retryMs = FIRST_RETRY_MS;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly registry: RegistryClient,
    private readonly announcement: ServiceAnnouncement,
    private readonly coordinator: string,
  ) {
    this.intervalMs = (announcement.ttl * 1000) / 3;
  }

  start(): void {
    this.underWay = this.beat();
  }

  /** Withdraws the instance. Never rejects: a coordinator that is away finds out by the ttl. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    // An announcement that arrived after the withdrawal would revive a dead instance.
    await this.underWay;
    if (this.state !== 'registered') return;
    await this.registry.withdraw(this.announcement).catch((error: unknown) => {
      this.logger.warn(`could not withdraw from ${this.coordinator}: ${reasonOf(error)}`);
    });
  }

  private async beat(): Promise<void> {
    const pauseMs = await this.announce();
    if (this.stopped) return;
    this.timer = setTimeout(() => this.start(), pauseMs);
    // The heartbeat alone must not keep a process alive.
    this.timer.unref();
  }

  /** @returns milliseconds until the next announcement. */
  private async announce(): Promise<number> {
    const { service, instance, url } = this.announcement;
    try {
      await this.registry.announce(this.announcement);
      if (this.state !== 'registered') {
        this.logger.log(`service ${service} registered at ${this.coordinator} as ${instance}, to be called at ${url}`);
      }
      this.state = 'registered';
      this.retryMs = FIRST_RETRY_MS;
      return this.intervalMs;
    } catch (error) {
      if (this.state !== 'unreachable') {
        this.logger.warn(`service ${service} cannot register at ${this.coordinator}, trying on: ${reasonOf(error)}`);
      }
      this.state = 'unreachable';
      const pauseMs = Math.min(this.retryMs, this.intervalMs);
      this.retryMs = pauseMs * 2;
      return pauseMs;
    }
  }
}

/** fetch says only "fetch failed"; what happened is in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  // Several addresses tried in vain come as one error without a text of its own, but with a code.
  const { message: inner = '', code = '' } = (cause ?? {}) as { message?: string; code?: string };
  const reason = inner === '' ? code : inner;
  return reason === '' ? message : `${message}: ${reason}`;
}
