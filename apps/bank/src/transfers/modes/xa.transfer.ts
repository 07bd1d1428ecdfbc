import { Injectable } from '@nestjs/common';
import { DtxClient } from 'nestjs-dtx';
import type { TransferMaker, TransferOrder } from './transfer-order';

/** Both databases prepare their half and keep its rows locked; then both commit. Nobody ever sees one half alone. */
@Injectable()
export class XaTransfer implements TransferMaker {
  constructor(private readonly dtx: DtxClient) {}

  async make({ gid, source, target, amountMinor, wait }: TransferOrder): Promise<void> {
    await this.dtx
      .xa(gid)
      .waitResult(wait)
      .run(async (xa) => {
        await xa.step(`${source.bank}/withdraw-xa`, { account: source.account, amountMinor });
        await xa.step(`${target.bank}/deposit-xa`, { account: target.account, amountMinor });
      });
  }
}
