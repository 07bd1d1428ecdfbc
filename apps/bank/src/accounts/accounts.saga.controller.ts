import { Body, Controller } from '@nestjs/common';
import {
  BarrierEntityManager,
  BarrierProtected,
  DtxBranch,
  SagaCompensate,
  SagaStep,
  type BranchInfo,
} from 'nestjs-dtx';
import { EntityManager } from 'typeorm';
import { AccountsService } from './accounts.service';
import { MovementDto } from './dto/movement.dto';

/**
 * What other services may do with the accounts, as steps of a saga. Its effects are seen at once, also by those who spend
 * the money before the saga is undone. An undo asks for no permission: an account that was frozen meanwhile gets its money
 * back all the same.
 */
@Controller('accounts')
export class AccountsSagaController {
  constructor(private readonly accounts: AccountsService) {}

  @SagaStep('withdraw', { rejectInvalid: true })
  @BarrierProtected()
  withdraw(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.apply(manager, { account, amountMinor: -amountMinor, branch });
  }

  @SagaCompensate('withdraw')
  @BarrierProtected()
  undoWithdraw(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.force(manager, { account, amountMinor, branch });
  }

  @SagaStep('deposit', { rejectInvalid: true })
  @BarrierProtected()
  deposit(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.apply(manager, { account, amountMinor, branch });
  }

  @SagaCompensate('deposit')
  @BarrierProtected()
  undoDeposit(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.force(manager, { account, amountMinor: -amountMinor, branch });
  }
}
