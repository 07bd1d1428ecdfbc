import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { startCoordinator } from '@nestjs-dtx/coordinator';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import {
  BarrierEntityManager,
  barrierMigration,
  BarrierProtected,
  DtxClient,
  DtxFailureException,
  DtxModule,
  SagaCompensate,
  SagaStep,
  TransactionFailedError,
} from 'nestjs-dtx';
import { Column, DataSource, Entity, EntityManager, PrimaryColumn } from 'typeorm';

/** What a user's application may look like: two accounts, a coordinator in the same process, and transfers. */
const OPENING = 100;
const AMOUNT = 30;

@Entity()
class Account {
  @PrimaryColumn('varchar')
  id!: string;

  @Column('int')
  balance!: number;
}

class Movement {
  account!: string;
  amount!: number;
}

@Controller('accounts')
class AccountsController {
  @SagaStep('withdraw')
  @BarrierProtected()
  async withdraw(@Body() movement: Movement, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    await manager.decrement(Account, { id: movement.account }, 'balance', movement.amount);
  }

  @SagaCompensate('withdraw')
  @BarrierProtected()
  async undoWithdraw(@Body() movement: Movement, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    await manager.increment(Account, { id: movement.account }, 'balance', movement.amount);
  }

  @SagaStep('deposit')
  @BarrierProtected()
  async deposit(@Body() movement: Movement, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    const { affected } = await manager.increment(Account, { id: movement.account }, 'balance', movement.amount);
    if (affected !== 1) throw new DtxFailureException(`no account ${movement.account}`);
  }

  @SagaCompensate('deposit')
  @BarrierProtected()
  async undoDeposit(@Body() movement: Movement, @BarrierEntityManager() manager: EntityManager): Promise<void> {
    await manager.decrement(Account, { id: movement.account }, 'balance', movement.amount);
  }
}

function bankModule(coordinator: string, folder: string) {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...sqliteOptions(join(folder, 'bank.db')),
        entities: [Account],
        migrations: [barrierMigration()],
        migrationsRun: true,
      }),
      DtxModule.forRoot({ service: 'bank', coordinator }),
    ],
    controllers: [AccountsController],
  })
  class BankModule {}
  return BankModule;
}

/** Waits until the coordinator knows where the bank is. */
async function announced(coordinator: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answer = await fetch(`${coordinator}/api/v2/services`);
    if ((await answer.text()).includes('"bank"')) return;
    await pause(20);
  }
  throw new Error('the bank was not announced');
}

/** @returns whether it was done */
async function transfer(dtx: DtxClient, to: string): Promise<boolean> {
  try {
    await dtx
      .saga()
      .step('bank/withdraw', { account: 'alice', amount: AMOUNT })
      .step('bank/deposit', { account: to, amount: AMOUNT })
      .waitResult()
      .submit();
    return true;
  } catch (error) {
    if (error instanceof TransactionFailedError) return false;
    throw error;
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-dtx-packed-app-'));
  const coordinator = await startCoordinator({
    http: { host: '127.0.0.1', port: 0 },
    grpc: { host: '127.0.0.1', port: 0 },
    store: { driver: 'sqlite', directory: folder },
  });
  const app = await NestFactory.create(bankModule(coordinator.url, folder), { logger: ['error', 'warn'] });
  try {
    const { manager } = app.get(DataSource);
    await manager.query('create table account (id varchar primary key, balance int)');
    await manager.insert(Account, [
      { id: 'alice', balance: OPENING },
      { id: 'bob', balance: OPENING },
    ]);
    await app.listen(0, '127.0.0.1');
    await announced(coordinator.url);
    const dtx = app.get(DtxClient);
    const [done, refused] = [await transfer(dtx, 'bob'), await transfer(dtx, 'nobody')];
    const overGrpc = new DtxClient({ transport: 'grpc', coordinator: coordinator.grpcAddress ?? '' });
    const again = await transfer(overGrpc, 'bob');
    await overGrpc.close();
    const accounts = await manager.find(Account, { order: { id: 'ASC' } });
    const balances = accounts.map(({ id, balance }) => `${id} ${balance}`).join(', ');
    // The only line that is looked for.
    console.log(`RESULT done=${done} refused=${!refused} overGrpc=${again} ${balances}`);
  } finally {
    await app.close();
    await coordinator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
