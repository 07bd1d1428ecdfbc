import { BadRequestException, ConflictException, Inject, Injectable } from '@nestjs/common';
import {
  BarrierDuplicatedError,
  BranchCallError,
  BranchFailureError,
  BranchOngoingError,
  CoordinatorRefusedError,
  DtxClient,
  DtxFailureException,
  NotFinishedError,
  TransactionFailedError,
} from 'nestjs-dtx';
import type { CreateTransferDto } from './dto/create-transfer.dto';
import type { Address, TransferMaker, TransferMode, TransferOrder } from './modes/transfer-order';
import { TRANSFER_MAKERS, type TransferMakers } from './transfer-makers';

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
  constructor(
    private readonly dtx: DtxClient,
    @Inject(TRANSFER_MAKERS) private readonly makers: TransferMakers,
  ) {}

  /**
   * Makes a transfer, or tells what became of it if it was made before under the same `transferId`.
   *
   * @throws BadRequestException when this bank cannot do it in this mode
   * @throws CoordinatorUnreachableError, CoordinatorRefusedError
   */
  async create(transfer: CreateTransferDto, mode: TransferMode): Promise<Transfer> {
    const maker = this.makers[mode];
    if (!maker) throw new BadRequestException([`mode=${mode} needs a database with XA, which SQLite is not`]);
    const { from, to, amountMinor, wait = false, transferId } = transfer;
    const known = transferId === undefined ? undefined : await this.known(transferId);
    if (known) return known;
    const gid = transferId ?? this.dtx.newGid();
    return this.make(maker, {
      gid,
      source: parseAddress(from),
      target: parseAddress(to),
      amountMinor,
      wait,
    });
  }

  /** @returns what became of an earlier request with this id; undefined if there was none, or it may be made again. */
  private async known(gid: string): Promise<Transfer | undefined> {
    const { transaction } = await this.dtx.query(gid);
    switch (transaction?.status) {
      case 'succeed':
        return { gid, status: 'completed' };
      case 'aborting':
      case 'failed':
        return { gid, status: 'rolled-back', reason: transaction.rollback_reason ?? '' };
      case 'submitted':
      case 'prepared':
        return { gid, status: 'not-finished', reason: transaction.last_error ?? '' };
      default:
        return undefined;
    }
  }

  private async make(maker: TransferMaker, order: TransferOrder): Promise<Transfer> {
    const { gid, wait } = order;
    try {
      await maker.make(order);
      return { gid, status: wait ? 'completed' : 'accepted' };
    } catch (error) {
      if (error instanceof TransactionFailedError) return { gid, status: 'rolled-back', reason: error.reason };
      if (error instanceof NotFinishedError) return { gid, status: 'not-finished', reason: error.lastError };
      if (isRefusal(error)) return { gid, status: 'rolled-back', reason: error.message };
      const known = mayBeDecided(error) ? await this.known(gid) : undefined;
      if (known) return known;
      throw error;
    }
  }
}

/** It was made before, or rolled back meanwhile, as it took longer than its timeout. */
function mayBeDecided(error: unknown): boolean {
  return error instanceof CoordinatorRefusedError || error instanceof BarrierDuplicatedError;
}

/** Before it was certain, a branch or this bank's own rules have said no, or a bank did not answer: nothing remains of it. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof BranchFailureError ||
    error instanceof BranchOngoingError ||
    error instanceof BranchCallError ||
    error instanceof ConflictException ||
    error instanceof DtxFailureException
  );
}

function parseAddress(address: string): Address {
  const [bank = '', account = ''] = address.split('/');
  return { bank, account };
}
