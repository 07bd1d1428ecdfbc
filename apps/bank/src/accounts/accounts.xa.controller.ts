import { Body, Controller } from '@nestjs/common';
import { BarrierEntityManager, DtxBranch, XaBranch, type BranchInfo } from 'nestjs-dtx';
import { EntityManager } from 'typeorm';
import { AccountsService } from './accounts.service';
import { MovementDto } from './dto/movement.dto';

/** The same as XA branches: there is nothing to undo, as the database does it. Not on SQLite, which has no XA. */
@Controller('accounts')
export class AccountsXaController {
  constructor(private readonly accounts: AccountsService) {}

  @XaBranch('withdraw-xa', { rejectInvalid: true })
  withdraw(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.apply(manager, { account, amountMinor: -amountMinor, branch });
  }

  @XaBranch('deposit-xa', { rejectInvalid: true })
  deposit(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.apply(manager, { account, amountMinor, branch });
  }
}
