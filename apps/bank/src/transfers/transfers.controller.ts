import { Body, Controller, HttpStatus, Post, Query, Res } from '@nestjs/common';
import { CreateTransferDto } from './dto/create-transfer.dto';
import { TransferQueryDto } from './dto/transfer-query.dto';
import { TransfersService, type Transfer } from './transfers.service';

/** What an answer's status says about the transfer. */
const STATUSES: Readonly<Record<Transfer['status'], HttpStatus>> = {
  accepted: HttpStatus.CREATED,
  completed: HttpStatus.OK,
  'not-finished': HttpStatus.ACCEPTED,
  'rolled-back': HttpStatus.CONFLICT,
};

@Controller('transfers')
export class TransfersController {
  constructor(private readonly transfers: TransfersService) {}

  @Post()
  async create(
    @Body() transfer: CreateTransferDto,
    @Query() { mode }: TransferQueryDto,
    @Res({ passthrough: true }) reply: { status(code: number): unknown },
  ): Promise<Transfer> {
    const created = await this.transfers.create(transfer, mode);
    reply.status(STATUSES[created.status]);
    return created;
  }
}
