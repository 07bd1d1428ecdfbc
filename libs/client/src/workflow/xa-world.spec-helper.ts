import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import type { BarrierInfo } from '../barrier/barrier-info';
import type { MortalProcess } from './workflow-world.spec-helper';
import type { XaRunner } from './xa-runner';

/** A database with xa branches, as several processes see it: what is not prepared is lost with its process. */
export class XaWorld {
  readonly branches = new Map<string, 'prepared' | 'committed' | 'rolled back'>();
  private readonly atWork = new Set<string>();

  /** The way of one process to the database. */
  runner(process: MortalProcess): XaRunner<undefined> {
    return {
      xidOf: ({ gid, branchId }) => `${gid}-${branchId}`,
      work: async ({ branchId }, { business, register }) => {
        const connection = { isOpen: false };
        try {
          const found = await process.act(() => this.start(branchId, connection));
          if (found !== undefined) return { ran: false, reason: 'duplicate' };
          const value = await business(undefined);
          await register();
          await process.act(() => this.branches.set(branchId, 'prepared'));
          return { ran: true, value };
        } finally {
          if (connection.isOpen) this.atWork.delete(branchId);
        }
      },
      commit: ({ branchId }) => process.act(() => this.commit(branchId)),
      rollback: (branch) => process.act(() => this.rollback(branch)),
    };
  }

  private start(branchId: string, connection: { isOpen: boolean }): string | undefined {
    const found = this.branches.get(branchId);
    if (found === 'rolled back') throw new BranchFailureError('it was rolled back before its work came');
    if (this.atWork.has(branchId)) throw new BranchOngoingError('it is at work');
    if (found !== undefined) return found;
    this.atWork.add(branchId);
    connection.isOpen = true;
    return undefined;
  }

  private commit(branchId: string): void {
    const found = this.branches.get(branchId);
    if (found !== 'prepared' && found !== 'committed') throw new Error(`${branchId} cannot be committed: ${found}`);
    this.branches.set(branchId, 'committed');
  }

  private rollback({ branchId }: BarrierInfo): void {
    if (this.branches.get(branchId) === 'committed') throw new Error(`${branchId} is committed`);
    if (this.atWork.has(branchId)) throw new BranchOngoingError('it is at work');
    this.branches.set(branchId, 'rolled back');
  }
}
