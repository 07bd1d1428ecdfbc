import { checkXaLimits, type XaLimits } from '@nestjs-dtx/client';
import { DtxDefinitionError } from '../errors/dtx-definition.error';

/** How much of each of its databases XA branches may take. */
export interface XaOptions {
  /**
   * Connections for the work of branches, beside the pool of the DataSource and two more for what ends branches. Half of them
   * are kept for transactions that have a prepared branch here already.
   * @default 10
   */
  readonly connections?: number;
  /**
   * Seconds for which a branch waits for its turn, and then for each locked row, before it is undone and answered with 425.
   * @default 3
   */
  readonly lockWaitSeconds?: number;
}

const DEFAULT_CONNECTIONS = 10;

/** @see XaOptions */
export interface XaSettings {
  readonly connections: number;
  readonly limits: XaLimits;
}

/** @throws DtxDefinitionError naming the wrong option */
export function xaSettings({ connections = DEFAULT_CONNECTIONS, lockWaitSeconds }: XaOptions = {}): XaSettings {
  if (!Number.isSafeInteger(connections) || connections < 2) {
    throw new DtxDefinitionError(
      `DtxModule: xa.connections is ${JSON.stringify(connections)}: use a whole number from 2`,
    );
  }
  const limits = { atOnce: Math.floor(connections / 2), ...(lockWaitSeconds !== undefined && { lockWaitSeconds }) };
  try {
    checkXaLimits(limits);
  } catch (cause) {
    throw new DtxDefinitionError(`DtxModule: xa: ${(cause as Error).message}`, { cause });
  }
  return { connections, limits };
}
