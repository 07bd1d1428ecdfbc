import { Injectable } from '@nestjs/common';
import { DtxClient, NotFinishedError, TransactionFailedError } from 'nestjs-dtx';
import type { CreateTransferDto } from './dto/create-transfer.dto';

/** What became of a transfer so far. */
export interface Transfer {
  readonly gid: string;
  readonly status: 'accepted' | 'completed' | 'not-finished' | 'rolled-back';
  /** Why it was rolled back, or what it waits for. */
  readonly reason?: string;
}

/** Moves money between accounts of any two banks: both balances change, or neither does. */
@Injectable()
export class TransfersService {
  constructor(private readonly dtx: DtxClient) {}

  /** @throws CoordinatorUnreachableError, CoordinatorRefusedError */
  async create({ from, to, amountMinor, wait = false, transferId }: CreateTransferDto): Promise<Transfer> {
    const source = parseAddress(from);
    const target = parseAddress(to);
    const gid = transferId ?? this.dtx.newGid();
    const saga = this.dtx
      .saga(gid)
      .step(`${source.bank}/withdraw`, { account: source.account, amountMinor })
      .step(`${target.bank}/deposit`, { account: target.account, amountMinor })
      .waitResult(wait);
    try {
      await saga.submit();
      return { gid, status: wait ? 'completed' : 'accepted' };
    } catch (error) {
      if (error instanceof TransactionFailedError) return { gid, status: 'rolled-back', reason: error.reason };
      if (error instanceof NotFinishedError) return { gid, status: 'not-finished', reason: error.lastError };
      throw error;
    }
  }
}

function parseAddress(address: string): { bank: string; account: string } {
  const [bank = '', account = ''] = address.split('/');
  return { bank, account };
}
