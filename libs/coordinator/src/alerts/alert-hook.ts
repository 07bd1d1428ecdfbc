import { Logger } from '@nestjs/common';
import type { Alert } from './alert';
import type { AlertSender } from './alert-sender';

/** @see AlertHook */
export interface AlertHookOptions {
  /** Alerts that may wait; beyond it the oldest is dropped. */
  readonly most?: number;
  /** Pause before the first repetition; it doubles up to {@link LONGEST_PAUSE}. Milliseconds. */
  readonly pauseMs?: number;
}

interface Waiting {
  readonly alert: Alert;
  tries: number;
  /** Runs while it waits for its next try. */
  pause: NodeJS.Timeout | undefined;
}

const MOST_WAITING = 1000;
const FIRST_PAUSE_MS = 1000;
/** In multiples of the first: about five minutes. */
const LONGEST_PAUSE = 300;
/** With the usual pauses that is about an hour. */
const MAX_TRIES = 20;

/**
 * Brings alerts to the web hook, one after the other and out of the way of transactions: they wait in memory, each is
 * repeated with growing pauses until it is taken. What one process knows is lost with it; a transaction that goes on failing
 * alerts again.
 */
export class AlertHook {
  private readonly logger = new Logger('Alerts');
  /** Oldest first. */
  private readonly waiting = new Set<Waiting>();
  private readonly most: number;
  private readonly pauseMs: number;
  private sending: Waiting | undefined;
  private delivering: Promise<void> | undefined;
  private closing = false;
  private failing = false;
  private dropped = 0;

  constructor(
    private readonly sender: AlertSender,
    options: AlertHookOptions = {},
  ) {
    this.most = options.most ?? MOST_WAITING;
    this.pauseMs = options.pauseMs ?? FIRST_PAUSE_MS;
  }

  /** Returns at once, and never throws. */
  push(alert: Alert): void {
    if (this.closing) return;
    if (this.waiting.size >= this.most) this.makeRoom();
    this.waiting.add({ alert, tries: 0, pause: undefined });
    this.deliver();
  }

  /** Takes nothing new, tries once more to bring what waits to the hook, and ends. @param timeoutMs for all of that */
  async close(timeoutMs: number): Promise<void> {
    this.closing = true;
    for (const each of this.waiting) this.wake(each);
    this.deliver();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.idle(), late]);
    clearTimeout(timer);
    if (this.waiting.size > 0) this.logger.warn(`${this.waiting.size} alerts were not delivered before the end`);
    this.waiting.clear();
    await this.sender.close();
  }

  private deliver(): void {
    this.delivering ??= this.deliverReady().finally(() => {
      this.delivering = undefined;
      // What came after the last look.
      if (this.nextReady()) this.deliver();
    });
  }

  private async idle(): Promise<void> {
    while (this.delivering) await this.delivering;
  }

  private async deliverReady(): Promise<void> {
    for (let next = this.nextReady(); next; next = this.nextReady()) {
      this.sending = next;
      const problem = await this.sender.send(next.alert);
      this.sending = undefined;
      if (problem === undefined) this.taken(next);
      else this.refused(next, problem);
    }
  }

  private nextReady(): Waiting | undefined {
    for (const each of this.waiting) if (!each.pause && !(this.closing && each.tries > 0)) return each;
    return undefined;
  }

  private taken(each: Waiting): void {
    this.waiting.delete(each);
    const isTroubled = this.failing || this.dropped > 0;
    if (!isTroubled || this.waiting.size > this.most / 2 || this.hasRetries()) return;
    const lost = this.dropped > 0 ? `; ${this.dropped} were dropped` : '';
    this.logger.log(`the alert web hook takes alerts again${lost}`);
    this.failing = false;
    this.dropped = 0;
  }

  private refused(each: Waiting, problem: string): void {
    each.tries += 1;
    // One line when it begins, one when it ends: what cannot be told must not fill the log instead.
    if (!this.failing) this.logger.error(`alerts cannot be delivered and will be repeated: ${problem}`);
    this.failing = true;
    if (each.tries === MAX_TRIES) this.drop(each);
    else if (!this.closing) this.pause(each);
  }

  private pause(each: Waiting): void {
    const pauseMs = this.pauseMs * Math.min(2 ** (each.tries - 1), LONGEST_PAUSE);
    each.pause = setTimeout(() => {
      each.pause = undefined;
      this.deliver();
    }, pauseMs);
    each.pause.unref();
  }

  /** For its last try. */
  private wake(each: Waiting): void {
    clearTimeout(each.pause);
    each.pause = undefined;
    each.tries = 0;
  }

  private makeRoom(): void {
    for (const each of this.waiting) if (each !== this.sending) return this.drop(each);
  }

  private drop(each: Waiting): void {
    clearTimeout(each.pause);
    this.waiting.delete(each);
    if (this.dropped === 0)
      this.logger.warn('alerts are dropped, the oldest first: the alert web hook does not take them');
    this.dropped += 1;
  }

  private hasRetries(): boolean {
    for (const { tries } of this.waiting) if (tries > 0) return true;
    return false;
  }
}
