import type { TransactionStore } from '../stores/transaction-store';

/** @see HealthService.readiness */
export interface Readiness {
  readonly status: 'ok' | 'unavailable';
  readonly store: 'ok' | 'unavailable';
  readonly shuttingDown: boolean;
}

/** Whether this coordinator can take work. */
export class HealthService {
  private shuttingDown = false;

  constructor(private readonly store: TransactionStore) {}

  beginShutdown(): void {
    this.shuttingDown = true;
  }

  async readiness(): Promise<Readiness> {
    const store = await this.store.ping().then(
      () => 'ok' as const,
      () => 'unavailable' as const,
    );
    const status = store === 'ok' && !this.shuttingDown ? 'ok' : 'unavailable';
    return { status, store, shuttingDown: this.shuttingDown };
  }
}
