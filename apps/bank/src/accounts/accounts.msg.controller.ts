import { Body, Controller } from '@nestjs/common';
import {
  BarrierEntityManager,
  BarrierProtected,
  DtxBranch,
  MsgAction,
  MsgQueryPrepared,
  type BranchInfo,
} from 'nestjs-dtx';
import { EntityManager } from 'typeorm';
import { AccountsService } from './accounts.service';
import { MovementDto } from './dto/movement.dto';

/**
 * The receiving side of transfers by message. Their withdrawal has committed before anybody calls here, and nothing undoes
 * it: so a deposit cannot refuse, and a frozen account gets its money too. Who sends asks `GET /accounts/:id` first.
 */
@Controller('accounts')
export class AccountsMsgController {
  constructor(private readonly accounts: AccountsService) {}

  @MsgAction('deposit-msg')
  @BarrierProtected()
  deposit(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.force(manager, { account, amountMinor, branch });
  }

  /** Has the withdrawal of a message of this bank committed? The barrier's table knows. */
  @MsgQueryPrepared()
  checkBack(): void {}
}
