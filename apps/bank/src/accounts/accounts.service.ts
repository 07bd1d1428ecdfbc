import { Injectable, NotFoundException } from '@nestjs/common';
import { BarrierService, DtxFailureException, type BarrierInfo } from 'nestjs-dtx';
import type { EntityManager } from 'typeorm';
import { Account } from './entities/account.entity';
import { LedgerEntry } from './entities/ledger-entry.entity';

/** An amount of money in one account. */
export interface Sum {
  readonly account: string;
  /** Minor units. */
  readonly amountMinor: number;
}

/** A change of one balance on behalf of one branch; its amount is signed. */
export interface Movement extends Sum {
  readonly branch: BarrierInfo;
}

/**
 * The rules of the accounts. What changes a balance takes the manager of the transaction that it belongs to, and relies on
 * the barrier of that transaction: none of it asks whether it was done already.
 */
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
      .where('id = :account and frozen = :frozen', { account, frozen: false })
      .andWhere('balance_minor - held_minor + :amountMinor >= 0', { amountMinor })
      .execute();
    if (affected !== 1) throw new DtxFailureException(await this.refusal(manager, account));
    await this.record(manager, movement);
  }

  /** Moves money whatever the account says: where there is no way back, or back is where it goes. */
  async force(manager: EntityManager, movement: Movement): Promise<void> {
    const { account, amountMinor } = movement;
    await manager.increment(Account, { id: account }, 'balanceMinor', amountMinor);
    await this.record(manager, movement);
  }

  /**
   * Sets a sum aside, so that its withdrawal cannot fail later.
   *
   * @throws DtxFailureException when the account does not allow it
   */
  async hold(manager: EntityManager, { account, amountMinor }: Sum): Promise<void> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(Account)
      .set({ heldMinor: () => 'held_minor + :amountMinor' })
      .where('id = :account and frozen = :frozen', { account, frozen: false })
      .andWhere('balance_minor - held_minor >= :amountMinor', { amountMinor })
      .execute();
    if (affected !== 1) throw new DtxFailureException(await this.refusal(manager, account));
  }

  /** Gives back what {@link hold} has set aside. */
  async release(manager: EntityManager, { account, amountMinor }: Sum): Promise<void> {
    await manager.decrement(Account, { id: account }, 'heldMinor', amountMinor);
  }

  /** @throws DtxFailureException when money cannot be paid into the account */
  async checkOpen(manager: EntityManager, account: string): Promise<void> {
    const isOpen = await manager.existsBy(Account, { id: account, frozen: false });
    if (!isOpen) throw new DtxFailureException(await this.refusal(manager, account));
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
    const createTime = new Date().toISOString();
    await manager.insert(LedgerEntry, { gid, branchId, op, account, amountMinor, createTime });
  }

  /** Only asked when the account was found not to allow something. */
  private async refusal(manager: EntityManager, id: string): Promise<string> {
    const account = await manager.findOneBy(Account, { id });
    if (!account) return 'no such account';
    return account.frozen ? 'account is frozen' : 'insufficient funds';
  }
}
