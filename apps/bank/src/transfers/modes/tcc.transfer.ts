import { Injectable } from '@nestjs/common';
import { DtxClient } from 'nestjs-dtx';
import type { TransferMaker, TransferOrder } from './transfer-order';

/** Both banks are asked first, and the money is set aside; only when both have agreed it moves. */
@Injectable()
export class TccTransfer implements TransferMaker {
  constructor(private readonly dtx: DtxClient) {}

  async make({ gid, source, target, amountMinor, wait }: TransferOrder): Promise<void> {
    await this.dtx
      .tcc(gid)
      .waitResult(wait)
      .run(async (tcc) => {
        await tcc.step(`${source.bank}/withdraw-tcc`, { account: source.account, amountMinor });
        await tcc.step(`${target.bank}/deposit-tcc`, { account: target.account, amountMinor });
      });
  }
}
