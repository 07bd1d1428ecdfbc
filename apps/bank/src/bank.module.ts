import { Module, ValidationPipe, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CoordinatorErrorFilter, DtxModule } from 'nestjs-dtx';
import { AccountsController } from './accounts/accounts.controller';
import { AccountsMsgController } from './accounts/accounts.msg.controller';
import { AccountsService } from './accounts/accounts.service';
import { AccountsSagaController } from './accounts/accounts.saga.controller';
import { AccountsTccController } from './accounts/accounts.tcc.controller';
import { AccountsXaController } from './accounts/accounts.xa.controller';
import { BankConfig } from './config/bank.config';
import { databaseOptions, hasXa } from './database/database-options';
import { HealthController } from './health/health.controller';
import { LedgerController } from './ledger/ledger.controller';
import { BankUnavailableFilter } from './transfers/bank-unavailable.filter';
import { transferMakers } from './transfers/transfer-makers';
import { TransfersController } from './transfers/transfers.controller';
import { TransfersService } from './transfers/transfers.service';

/** One bank. Run it twice, under two names and with two databases. */
@Module({})
export class BankModule {
  static forRoot(config: BankConfig): DynamicModule {
    return {
      module: BankModule,
      imports: [
        TypeOrmModule.forRoot(databaseOptions(config.DATABASE_URL)),
        // A bank that dies without a word is noticed after three missing heartbeats.
        DtxModule.forRoot({ service: config.BANK_NAME, coordinator: config.COORDINATOR_URL, heartbeatSeconds: 1 }),
      ],
      controllers: [
        AccountsSagaController,
        AccountsTccController,
        AccountsMsgController,
        ...(hasXa(config.DATABASE_URL) ? [AccountsXaController] : []),
        AccountsController,
        LedgerController,
        TransfersController,
        HealthController,
      ],
      providers: [
        AccountsService,
        TransfersService,
        ...transferMakers,
        { provide: BankConfig, useValue: config },
        { provide: APP_PIPE, useValue: new ValidationPipe({ transform: true, whitelist: true }) },
        { provide: APP_FILTER, useClass: CoordinatorErrorFilter },
        { provide: APP_FILTER, useClass: BankUnavailableFilter },
      ],
    };
  }
}
