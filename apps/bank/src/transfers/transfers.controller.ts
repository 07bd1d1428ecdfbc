import { Body, Controller, HttpStatus, Post, Res } from '@nestjs/common';
import { CreateTransferDto } from './dto/create-transfer.dto';
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
    @Res({ passthrough: true }) reply: { status(code: number): unknown },
  ): Promise<Transfer> {
    const created = await this.transfers.create(transfer);
    reply.status(STATUSES[created.status]);
    return created;
  }
}
