import type { Provider } from '@nestjs/common';
import { MsgTransfer } from './modes/msg.transfer';
import { SagaTransfer } from './modes/saga.transfer';
import { TccTransfer } from './modes/tcc.transfer';
import type { TransferMaker, TransferMode } from './modes/transfer-order';

/** Token of {@link TransferMakers}. */
export const TRANSFER_MAKERS = Symbol('TRANSFER_MAKERS');

/** Makers of transfers by mode. */
export type TransferMakers = Readonly<Record<TransferMode, TransferMaker>>;

export const transferMakers: readonly Provider[] = [
  SagaTransfer,
  TccTransfer,
  MsgTransfer,
  {
    provide: TRANSFER_MAKERS,
    inject: [SagaTransfer, TccTransfer, MsgTransfer],
    useFactory: (saga: SagaTransfer, tcc: TccTransfer, msg: MsgTransfer): TransferMakers => ({ saga, tcc, msg }),
  },
];
