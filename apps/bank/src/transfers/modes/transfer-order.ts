/** An account of some bank. */
export interface Address {
  readonly bank: string;
  readonly account: string;
}

/** A transfer to be made. */
export interface TransferOrder {
  /** The id of its global transaction. */
  readonly gid: string;
  readonly source: Address;
  readonly target: Address;
  /** Minor units. */
  readonly amountMinor: number;
  /** Whether to wait until it is done or undone. */
  readonly wait: boolean;
}

/** One way to make a transfer. */
export interface TransferMaker {
  /**
   * Resolves when the transfer is sure to be made; if the order says so, when it has been made.
   *
   * @throws what the client of the coordinator throws: rolled back, not finished, unreachable …
   */
  make(order: TransferOrder): Promise<void>;
}

/** Ways to make a transfer. */
export const TRANSFER_MODES = ['saga', 'tcc', 'msg', 'workflow', 'xa'] as const;
export type TransferMode = (typeof TRANSFER_MODES)[number];
