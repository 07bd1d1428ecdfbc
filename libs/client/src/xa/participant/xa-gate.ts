import { BranchOngoingError } from '../../errors/branch-ongoing.error';

/** @see XaGate */
export interface XaGateOptions {
  /** Branches that may be at work at once. */
  readonly atOnce: number;
  /** So long the next ones wait for their turn. Milliseconds. */
  readonly patienceMs: number;
}

/**
 * Bounds how many branches are at work on a database at once. While they wait for rows that a prepared branch holds, they
 * keep their connections, so a transaction that has come further than they must not stand behind them: it could not end,
 * and nobody would get the rows. It passes by.
 */
export class XaGate {
  private atWork = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly options: XaGateOptions) {}

  /**
   * Does the work of a branch in its turn.
   *
   * @param hasPrepared whether its transaction has a prepared branch here; asked only when there is no room
   * @throws BranchOngoingError when its turn does not come in time: nothing was done
   */
  async pass<T>(work: () => Promise<T>, hasPrepared: () => Promise<boolean>): Promise<T> {
    if (this.atWork < this.options.atOnce) this.atWork += 1;
    else if (await hasPrepared()) return work();
    else await this.turn();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Hands the place over, so that nobody else gets in between. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.atWork -= 1;
  }

  private async turn(): Promise<void> {
    // A place may have become free while it was asked about the transaction.
    if (this.atWork < this.options.atOnce) {
      this.atWork += 1;
      return;
    }
    const { atOnce, patienceMs } = this.options;
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(enter), 1);
        reject(
          new BranchOngoingError(`${atOnce} xa branches are at work here, and none ended in time: try again later`),
        );
      }, patienceMs);
      this.waiting.push(enter);
    });
  }
}
