import { Controller, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import type { EntityManager } from 'typeorm';
import { barrierMigration } from '../barrier/barrier-migration';
import { BarrierEntityManager } from '../decorators/barrier-entity-manager.decorator';
import { BarrierProtected } from '../decorators/barrier-protected.decorator';
import { XaBranch } from '../decorators/xa-branch.decorator';
import type { HandlerMetadata } from '../discovery/handler-metadata';
import { closeAll, serve } from '../dtx-app.spec-helper';
import { checkOptions } from '../dtx.options';
import { announcementOf } from '../registry/announcement';

const boot = (controller: Type) =>
  serve({
    imports: [
      TypeOrmModule.forRoot({ ...sqliteOptions(':memory:'), migrations: [barrierMigration()], migrationsRun: true }),
    ],
    controllers: [controller],
  });
const definition = (message: RegExp) => ({ code: 'DTX_DEFINITION', message: expect.stringMatching(message) as string });
const OPTIONS = { service: 'bank', coordinator: 'http://127.0.0.1:9' };

@Controller('accounts')
class AccountsController {
  @XaBranch('withdraw')
  withdraw(@BarrierEntityManager() _manager: EntityManager): void {}
}

describe('the start with an XA branch', () => {
  afterEach(closeAll);

  it('is refused on SQLite, with what can be done instead', async () => {
    await expect(boot(AccountsController)).rejects.toMatchObject(
      definition(
        /^AccountsController\.withdraw: @XaBranch\('withdraw'\): SQLite has no XA transactions: use MySQL, .* @TccTry/,
      ),
    );
  });

  it('is refused under a barrier, as the branch has its own', async () => {
    @Controller()
    class Twofold {
      @XaBranch('withdraw')
      @BarrierProtected()
      withdraw(): void {}
    }
    await expect(boot(Twofold)).rejects.toMatchObject(
      definition(/^Twofold\.withdraw keeps the row of the barrier itself: remove @BarrierProtected\(\)/),
    );
  });
});

it('an XA branch is announced with one path for work, commit and rollback', () => {
  const method = Object.getOwnPropertyDescriptor(AccountsController.prototype, 'withdraw')?.value as object;
  expect(Reflect.getMetadata('path', method)).toBe('dtx/withdraw/xa');
  const metadata = Reflect.getMetadata('nestjs-dtx:handler', method) as HandlerMetadata;
  const handler = { where: 'AccountsController.withdraw', metadata, isRouted: true, path: '/accounts/dtx/withdraw/xa' };
  expect(announcementOf(OPTIONS, [handler], 'http://127.0.0.1:3000').handlers).toEqual({
    withdraw: {
      action: '/accounts/dtx/withdraw/xa',
      commit: '/accounts/dtx/withdraw/xa',
      rollback: '/accounts/dtx/withdraw/xa',
    },
  });
});

it.each([
  [{ intervalSeconds: 0 }, /xaReconciler\.intervalSeconds is 0: use seconds/],
  [{ olderThanSeconds: -1 }, /xaReconciler\.olderThanSeconds is -1: use seconds/],
  [{ intervalSeconds: 1e9 }, /xaReconciler\.intervalSeconds is 1000000000: use seconds up to/],
])('a reconciler that cannot run is refused: %j', (xaReconciler, message) => {
  expect(() => checkOptions({ ...OPTIONS, xaReconciler })).toThrow(message);
});
