import type { SqlExecutor } from '@nestjs-dtx/client';
import type { EntityManager, QueryRunner } from 'typeorm';
import { BarrierRootHandleError } from '../errors/barrier-root-handle.error';

/**
 * @param manager of an open transaction
 * @returns that transaction as the barrier needs it
 * @throws BarrierRootHandleError when there is none
 */
export function typeormExecutor(manager: EntityManager): SqlExecutor {
  const runner = manager.queryRunner;
  if (!runner?.isTransactionActive) throw new BarrierRootHandleError();
  return runnerExecutor(runner);
}

/** @returns the runner's connection, whatever transaction is open on it */
export function runnerExecutor(runner: QueryRunner): SqlExecutor {
  return {
    async execute(sql, parameters) {
      // The structured result has the same shape for every driver.
      const { affected, records } = await runner.query(sql, [...parameters], true);
      return { affected: Number(affected ?? 0), rows: (records ?? []) as Record<string, unknown>[] };
    },
  };
}
