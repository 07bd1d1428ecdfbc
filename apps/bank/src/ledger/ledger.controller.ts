import { Controller, Get, Query } from '@nestjs/common';
import { BarrierService } from 'nestjs-dtx';
import { LedgerEntry } from '../accounts/entities/ledger-entry.entity';
import { LedgerQueryDto } from './ledger-query.dto';

/** Every effect on every account. */
@Controller('ledger')
export class LedgerController {
  constructor(private readonly barriers: BarrierService) {}

  /** @returns the entries of one transaction, or of all, in the order in which they were made. */
  @Get()
  list(@Query() { gid }: LedgerQueryDto): Promise<LedgerEntry[]> {
    return this.barriers.transaction((manager) =>
      manager.find(LedgerEntry, { where: gid === undefined ? {} : { gid }, order: { id: 'ASC' } }),
    );
  }
}
