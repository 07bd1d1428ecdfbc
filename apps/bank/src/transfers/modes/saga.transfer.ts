import { Injectable } from '@nestjs/common';
import { DtxClient } from 'nestjs-dtx';
import type { TransferMaker, TransferOrder } from './transfer-order';

/** Withdraw, then deposit; if the deposit is refused, the withdrawal is undone. The coordinator makes all the calls. */
@Injectable()
export class SagaTransfer implements TransferMaker {
  constructor(private readonly dtx: DtxClient) {}

  async make({ gid, source, target, amountMinor, wait }: TransferOrder): Promise<void> {
    await this.dtx
      .saga(gid)
      .step(`${source.bank}/withdraw`, { account: source.account, amountMinor })
      .step(`${target.bank}/deposit`, { account: target.account, amountMinor })
      .waitResult(wait)
      .submit();
  }
}
