import type { XaSession } from '@nestjs-dtx/client';
import type { DataSource, EntityManager } from 'typeorm';
import { runnerExecutor } from '../barrier/typeorm-executor';
import { inOpenTransaction } from '../barrier/local-transactions';
import { closeConnection, dedicatedRunner, markTransaction } from './xa-query-runner';

/** The session of an XA branch, on a connection that is its own. */
export interface TypeormXaSession extends XaSession {
  /** Runs the work with the manager of the branch's open transaction; who asks for a local one meanwhile joins it. */
  inBranch<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
}

/**
 * @param dataSource whose entities the work is about
 * @param pool whose connection it gets
 */
export async function openXaSession(dataSource: DataSource, pool: DataSource): Promise<TypeormXaSession> {
  const runner = await dedicatedRunner(dataSource, pool);
  return {
    ...runnerExecutor(runner),
    async inBranch(work) {
      markTransaction(runner, true);
      try {
        return await inOpenTransaction(dataSource, runner.manager, work);
      } finally {
        markTransaction(runner, false);
      }
    },
    release: () => runner.release(),
    destroy: () => closeConnection(runner),
  };
}
