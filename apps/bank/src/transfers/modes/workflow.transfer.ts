import { Injectable } from '@nestjs/common';
import { DtxClient, DtxWorkflow, type WorkflowContext } from 'nestjs-dtx';
import type { TransferMaker, TransferOrder } from './transfer-order';

/** Name of the workflow: of transfers that are under way when the bank is updated too. */
const TRANSFER = 'transfer';

/**
 * Withdraw, then deposit, written down as ordinary code. Each step is recorded, so that another run of the method goes on
 * where this one has ended; what a step has done is undone if a later one is refused. The steps are those of the saga.
 */
@Injectable()
export class WorkflowTransfer implements TransferMaker {
  constructor(private readonly dtx: DtxClient) {}

  /** Always waits: the result of a workflow is the return value of its method. */
  async make(order: TransferOrder): Promise<void> {
    await this.dtx.workflow(TRANSFER, order.gid).execute(order);
  }

  @DtxWorkflow(TRANSFER)
  async transfer(wf: WorkflowContext, { source, target, amountMinor }: TransferOrder): Promise<void> {
    const withdraw = `${source.bank}/withdraw`;
    const deposit = `${target.bank}/deposit`;
    await wf.http(withdraw, { account: source.account, amountMinor }, { onRollback: withdraw });
    await wf.http(deposit, { account: target.account, amountMinor }, { onRollback: deposit });
  }
}
