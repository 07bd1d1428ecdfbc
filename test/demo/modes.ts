/** Ways to make the same transfer, in the order in which they are shown. */
export const TRANSFER_MODES = ['saga', 'tcc', 'msg', 'workflow', 'xa'] as const;
export type TransferMode = (typeof TRANSFER_MODES)[number];

/** Branch and operation of an entry in a ledger: of the account that pays, and of the one that receives. */
export interface ExpectedEffects {
  readonly paid: string;
  readonly received: string;
  /** The undo of what was paid; absent where a balance does not change before it is certain. */
  readonly paidBack?: string;
}

/** How each mode enters a transfer into the ledgers. */
export const EFFECTS: Readonly<Record<TransferMode, ExpectedEffects>> = {
  saga: { paid: '01 action', received: '02 action', paidBack: '01 compensate' },
  tcc: { paid: '01 confirm', received: '02 confirm' },
  msg: { paid: '00 msg', received: '01 action' },
  workflow: { paid: '01 action', received: '02 action', paidBack: '01 rollback' },
  xa: { paid: '01 action', received: '02 action' },
};
