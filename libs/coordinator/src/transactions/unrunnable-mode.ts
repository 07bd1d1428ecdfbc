import type { Mode } from '@nestjs-dtx/engine';
import type { TransType } from '@nestjs-dtx/protocol';

/**
 * Stands in for the mode of a transaction that must not be run: its run sets it aside with the problem as its error, and
 * everything else goes on.
 *
 * @param problem for operators and for a client that waits
 */
export function unrunnableMode(transType: TransType, problem: string): Mode {
  return {
    transType,
    accept: () => ({ accept: 'refuse', kind: 'invalid', field: 'gid', message: `gid: ${problem}` }),
    decide: () => {
      throw new Error(problem);
    },
    mayFail: () => false,
    answer: () => ({ result: 'error', message: problem }),
  };
}
