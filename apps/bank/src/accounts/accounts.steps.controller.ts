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

/** What other services may do with the accounts, as steps of a saga. */
@Controller('accounts')
export class AccountsStepsController {
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
    return this.accounts.undo(manager, { account, amountMinor, branch });
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
    return this.accounts.undo(manager, { account, amountMinor: -amountMinor, branch });
  }
}
