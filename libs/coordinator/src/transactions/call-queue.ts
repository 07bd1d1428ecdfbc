import type { BranchCall } from '@nestjs-dtx/engine';
import type { DispatchResult } from '../dispatch/branch-dispatcher';

/** A call that has come back. */
export interface Returned {
  readonly call: BranchCall;
  readonly result: DispatchResult;
}

/** Calls of one transaction that have come back, in order, and the one runner that waits for them. */
export class CallQueue {
  private readonly returned: Returned[] = [];
  private wake: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  push(returned: Returned): void {
    this.returned.push(returned);
    this.wake?.();
  }

  /** @returns the next one that is here already. */
  poll(): Returned | undefined {
    return this.returned.shift();
  }

  /** Resolves when a call has come back, or after the time. @param timeoutMs absent: no limit */
  async wait(timeoutMs?: number): Promise<void> {
    if (this.returned.length > 0) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (timeoutMs !== undefined) this.timer = setTimeout(resolve, Math.max(timeoutMs, 0));
    });
    this.wake = undefined;
    clearTimeout(this.timer);
  }
}
