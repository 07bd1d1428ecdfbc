import { childBranchId, InvalidRequestError } from '@nestjs-dtx/protocol';

/**
 * The branches that one piece of code starts below one parent: it numbers them, knows which are under way, and remembers
 * whether one has failed. A branch that failed may have reserved something, so the transaction cannot go through without it.
 */
export class BranchScope {
  private started = 0;
  private readonly running = new Set<Promise<unknown>>();
  private failed: { readonly error: unknown } | undefined;
  private hasEnded = false;

  /** @param parent branch id above them, empty for the root */
  constructor(
    readonly gid: string,
    private readonly parent = '',
  ) {}

  /**
   * Runs one branch under the next id. Calls made in the same order get the same ids.
   *
   * @throws DtxError `DTX_BRANCH_ID_EXHAUSTED` (spec 1.3)
   * @throws InvalidRequestError when the work that the scope belongs to is over
   */
  branch<T>(call: (branchId: string) => Promise<T>): Promise<T> {
    const running = this.start(call);
    this.running.add(running);
    const done = (): boolean => this.running.delete(running);
    // Also keeps the process alive when nobody awaits this one: its error comes out of `around`.
    running.then(done, done);
    return running;
  }

  /**
   * Runs the work and waits for every branch that it has started, awaited or not.
   *
   * @returns its result
   * @throws what the work has thrown, or else the error of the first branch that failed, even if the work has caught it
   */
  async around<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      await this.end();
      if (this.failed) throw this.failed.error;
      return result;
    } finally {
      await this.end();
    }
  }

  private async end(): Promise<void> {
    this.hasEnded = true;
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  private async start<T>(call: (branchId: string) => Promise<T>): Promise<T> {
    try {
      if (this.hasEnded) throw new InvalidRequestError('branch', `of ${this.gid} begins too late: await every branch`);
      const branchId = childBranchId(this.parent, this.started + 1);
      this.started += 1;
      return await call(branchId);
    } catch (error) {
      this.failed ??= { error };
      throw error;
    }
  }
}
