import { Body, Controller } from '@nestjs/common';
import {
  BarrierEntityManager,
  BarrierProtected,
  DtxBranch,
  TccCancel,
  TccConfirm,
  TccTry,
  type BranchInfo,
} from 'nestjs-dtx';
import { EntityManager } from 'typeorm';
import { AccountsService } from './accounts.service';
import { MovementDto } from './dto/movement.dto';

/**
 * The same as branches of a TCC transaction. Nobody sees a balance that may still be taken back: a withdrawal is set aside
 * first, and a deposit only checked.
 */
@Controller('accounts')
export class AccountsTccController {
  constructor(private readonly accounts: AccountsService) {}

  @TccTry('withdraw-tcc', { rejectInvalid: true })
  @BarrierProtected()
  holdWithdrawal(@Body() sum: MovementDto, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.accounts.hold(manager, sum);
  }

  @TccConfirm('withdraw-tcc')
  @BarrierProtected()
  async withdraw(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    await this.accounts.release(manager, { account, amountMinor });
    await this.accounts.force(manager, { account, amountMinor: -amountMinor, branch });
  }

  @TccCancel('withdraw-tcc')
  @BarrierProtected()
  releaseWithdrawal(@Body() sum: MovementDto, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.accounts.release(manager, sum);
  }

  @TccTry('deposit-tcc', { rejectInvalid: true })
  @BarrierProtected()
  checkDeposit(@Body() { account }: MovementDto, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    return this.accounts.checkOpen(manager, account);
  }

  @TccConfirm('deposit-tcc')
  @BarrierProtected()
  deposit(
    @Body() { account, amountMinor }: MovementDto,
    @BarrierEntityManager() manager: EntityManager,
    @DtxBranch() branch: BranchInfo,
  ): Promise<void> {
    return this.accounts.force(manager, { account, amountMinor, branch });
  }

  /** The check has left nothing to give back. */
  @TccCancel('deposit-tcc')
  cancelDeposit(): void {}
}
