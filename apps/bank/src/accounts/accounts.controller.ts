import { Controller, Get, Param } from '@nestjs/common';
import { AccountsService } from './accounts.service';
import type { Account } from './entities/account.entity';

/** Balances, for people and tests. */
@Controller('accounts')
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  list(): Promise<Account[]> {
    return this.accounts.list();
  }

  @Get(':id')
  get(@Param('id') id: string): Promise<Account> {
    return this.accounts.get(id);
  }
}
