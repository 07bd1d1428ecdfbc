import { Injectable, NotFoundException } from '@nestjs/common';
import { BarrierService, DtxFailureException, type BranchInfo } from 'nestjs-dtx';
import type { EntityManager } from 'typeorm';
import { Account } from './entities/account.entity';
import { LedgerEntry } from './entities/ledger-entry.entity';

/** A change of one balance on behalf of one branch. */
export interface Movement {
  readonly account: string;
  /** Minor units, signed. */
  readonly amountMinor: number;
  readonly branch: BranchInfo;
}

/** The rules of the accounts. What changes a balance takes the manager of the transaction that it belongs to. */
@Injectable()
export class AccountsService {
  constructor(private readonly barriers: BarrierService) {}

  /**
   * Moves money as part of a new transfer.
   *
   * @throws DtxFailureException when the account does not allow it
   */
  async apply(manager: EntityManager, movement: Movement): Promise<void> {
    const { account, amountMinor } = movement;
    // The database decides in the statement that changes the row. Reading first and writing then would let two transfers
    // spend the same money.
    const { affected } = await manager
      .createQueryBuilder()
      .update(Account)
      .set({ balanceMinor: () => 'balance_minor + :amountMinor' })
      .where('id = :account and frozen = 0 and balance_minor + :amountMinor >= 0', { account, amountMinor })
      .execute();
    if (affected !== 1) throw new DtxFailureException(await this.refusal(manager, account));
    await this.record(manager, movement);
  }

  /** Moves money back. It asks for no permission: an account that was frozen meanwhile gets its money all the same. */
  async undo(manager: EntityManager, movement: Movement): Promise<void> {
    const { account, amountMinor } = movement;
    await manager.increment(Account, { id: account }, 'balanceMinor', amountMinor);
    await this.record(manager, movement);
  }

  /** @returns all accounts as they are committed. */
  list(): Promise<Account[]> {
    return this.barriers.transaction((manager) => manager.find(Account, { order: { id: 'ASC' } }));
  }

  /** @throws NotFoundException */
  async get(id: string): Promise<Account> {
    const account = await this.barriers.transaction((manager) => manager.findOneBy(Account, { id }));
    if (!account) throw new NotFoundException('no such account');
    return account;
  }

  private async record(manager: EntityManager, { account, amountMinor, branch }: Movement): Promise<void> {
    const { gid, branchId, op } = branch;
    await manager.insert(LedgerEntry, { gid, branchId, op, account, amountMinor });
  }

  /** Only asked when the update found no row to change. */
  private async refusal(manager: EntityManager, id: string): Promise<string> {
    const account = await manager.findOneBy(Account, { id });
    if (!account) return 'no such account';
    return account.frozen ? 'account is frozen' : 'insufficient funds';
  }
}
