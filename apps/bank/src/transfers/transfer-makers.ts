import type { Provider } from '@nestjs/common';
import { BankConfig } from '../config/bank.config';
import { hasXa } from '../database/database-options';
import { MsgTransfer } from './modes/msg.transfer';
import { SagaTransfer } from './modes/saga.transfer';
import { TccTransfer } from './modes/tcc.transfer';
import type { TransferMaker, TransferMode } from './modes/transfer-order';
import { WorkflowTransfer } from './modes/workflow.transfer';
import { XaTransfer } from './modes/xa.transfer';

/** Token of {@link TransferMakers}. */
export const TRANSFER_MAKERS = Symbol('TRANSFER_MAKERS');

/** Makers of transfers by mode, as far as the bank's database allows them. */
export type TransferMakers = Readonly<Partial<Record<TransferMode, TransferMaker>>>;

const MAKERS = [SagaTransfer, TccTransfer, MsgTransfer, WorkflowTransfer, XaTransfer] as const;
type Makers = [SagaTransfer, TccTransfer, MsgTransfer, WorkflowTransfer, XaTransfer];

export const transferMakers: readonly Provider[] = [
  ...MAKERS,
  {
    provide: TRANSFER_MAKERS,
    inject: [BankConfig, ...MAKERS],
    useFactory: ({ DATABASE_URL }: BankConfig, ...[saga, tcc, msg, workflow, xa]: Makers): TransferMakers => ({
      saga,
      tcc,
      msg,
      workflow,
      ...(hasXa(DATABASE_URL) && { xa }),
    }),
  },
];
