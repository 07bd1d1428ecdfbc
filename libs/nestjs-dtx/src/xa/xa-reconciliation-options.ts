import type { XaReconcilerOptions } from '@nestjs-dtx/client';

/** How the module looks after branches in doubt. */
export interface XaReconciliationOptions extends XaReconcilerOptions {
  /**
   * Seconds between two looks.
   * @default 60
   */
  readonly intervalSeconds?: number;
}

export const DEFAULT_RECONCILIATION_SECONDS = 60;
