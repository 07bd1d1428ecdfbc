import type { BranchCall } from '@nestjs-dtx/engine';
import { MAX_TIMER_MS } from '../clock/timer';
import type { DispatchResult } from '../dispatch/dispatch';

/** A call that has come back. */
export interface Returned {
  readonly call: BranchCall;
  readonly result: DispatchResult;
  /** Milliseconds from its start, waiting for the destination included. */
  readonly tookMs: number;
}

/** Calls of one transaction that have come back, in order, and the one runner that waits for them. */
export class CallQueue {
  private readonly returned: Returned[] = [];
  private wake: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  push(returned: Returned): void {
    this.returned.push(returned);
    this.interrupt();
  }

  /** @returns the next one that is here already. */
  poll(): Returned | undefined {
    return this.returned.shift();
  }

  /** Resolves when a call has come back, after the time, or when {@link interrupt}ed. @param timeoutMs absent: no limit */
  wait(timeoutMs?: number): Promise<void> {
    if (this.returned.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
      if (timeoutMs === undefined) return;
      this.timer = setTimeout(() => this.interrupt(), Math.min(Math.max(timeoutMs, 0), MAX_TIMER_MS));
    });
  }

  /** Ends the wait, if there is one. */
  interrupt(): void {
    clearTimeout(this.timer);
    this.wake?.();
    this.wake = undefined;
  }
}
