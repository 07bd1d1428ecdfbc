import {
  Controller,
  Delete,
  HttpCode,
  Post,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
  type Type,
} from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { sqliteOptions } from '@nestjs-dtx/sqlite';
import { DataSource, type EntityManager } from 'typeorm';
import { createBarrierTable } from '../barrier/barrier-table';
import { BarrierEntityManager } from '../decorators/barrier-entity-manager.decorator';
import { BarrierProtected } from '../decorators/barrier-protected.decorator';
import { MsgAction } from '../decorators/msg-action.decorator';
import { MsgQueryPrepared } from '../decorators/msg-query-prepared.decorator';
import { SagaCompensate } from '../decorators/saga-compensate.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { TccCancel, TccConfirm, TccTry } from '../decorators/tcc.decorators';
import { closeAll, serve, type ServeOptions } from '../dtx-app.spec-helper';
import { DtxExplorer } from './dtx.explorer';

const boot = (controller: Type, options?: ServeOptions) => serve({ controllers: [controller] }, options);
const definition = (message: RegExp) => ({ code: 'DTX_DEFINITION', message: expect.stringMatching(message) as string });

describe('the start is refused', () => {
  afterEach(closeAll);

  it('for a handler of events', async () => {
    @Controller()
    class Deaf {
      @EventPattern('paid')
      @SagaStep('pay', { compensate: false })
      pay(_payload: unknown): void {}
    }
    await expect(boot(Deaf)).rejects.toMatchObject(
      definition(/^Deaf\.pay is @SagaStep\('pay'\) and takes events.*replace @EventPattern\(\) by @MessagePattern\(\)/),
    );
  });

  it('for two handlers of one name', async () => {
    @Controller()
    class Twice {
      @SagaStep('pay', { compensate: false })
      one(): void {}

      @SagaStep('pay', { compensate: false })
      two(): void {}
    }
    await expect(boot(Twice)).rejects.toMatchObject(
      definition(/^@SagaStep\('pay'\) stands at Twice\.one and at Twice\.two: give one of them another name$/),
    );
  });

  it('for a step without a compensation, unless it says that there is none', async () => {
    @Controller()
    class Lonely {
      @SagaStep('pay')
      pay(): void {}
    }
    await expect(boot(Lonely)).rejects.toMatchObject(
      definition(/^Lonely\.pay: @SagaStep\('pay'\) has no @SagaCompensate\('pay'\): add .*\{ compensate: false \}/),
    );
  });

  it('for a compensation without a step', async () => {
    @Controller()
    class Lonely {
      @SagaCompensate('pay')
      undo(): void {}
    }
    await expect(boot(Lonely)).rejects.toMatchObject(
      definition(/^Lonely\.undo: @SagaCompensate\('pay'\) has no @SagaStep\('pay'\)/),
    );
  });

  it('for a step that has a compensation and denies it', async () => {
    @Controller()
    class Torn {
      @SagaStep('pay', { compensate: false })
      pay(): void {}

      @SagaCompensate('pay')
      undo(): void {}
    }
    await expect(boot(Torn)).rejects.toMatchObject(definition(/nothing to compensate, but Torn\.undo does it/));
  });

  it('for a TCC branch that cannot be confirmed, cancelled or tried', async () => {
    @Controller()
    class Unconfirmed {
      @TccTry('reserve')
      reserve(): void {}

      @TccCancel('reserve')
      release(): void {}
    }
    await expect(boot(Unconfirmed)).rejects.toMatchObject(
      definition(/^Unconfirmed\.reserve: @TccTry\('reserve'\) has no @TccConfirm\('reserve'\): add a method with it$/),
    );

    @Controller()
    class Uncancelled {
      @TccTry('reserve')
      reserve(): void {}

      @TccConfirm('reserve')
      use(): void {}
    }
    await expect(boot(Uncancelled)).rejects.toMatchObject(definition(/has no @TccCancel\('reserve'\): add/));

    @Controller()
    class Untried {
      @TccConfirm('reserve')
      use(): void {}

      @TccCancel('reserve')
      release(): void {}
    }
    await expect(boot(Untried)).rejects.toMatchObject(definition(/has no @TccTry\('reserve'\): add/));
  });

  it('for one name in two families', async () => {
    @Controller()
    class Ambiguous {
      @SagaStep('pay', { compensate: false })
      step(): void {}

      @MsgAction('pay')
      receive(): void {}
    }
    await expect(boot(Ambiguous)).rejects.toMatchObject(
      definition(
        /^the name 'pay' stands for @SagaStep at Ambiguous\.step and for @MsgAction at Ambiguous\.receive: give one/,
      ),
    );
  });

  it('for a check-back under a barrier, and for one that wants its manager', async () => {
    @Controller()
    class Twofold {
      @MsgQueryPrepared()
      @BarrierProtected()
      checkBack(): void {}
    }
    await expect(boot(Twofold)).rejects.toMatchObject(
      definition(/^Twofold\.checkBack keeps the row of the barrier itself: remove @BarrierProtected\(\)/),
    );

    @Controller()
    class Late {
      @MsgQueryPrepared()
      checkBack(@BarrierEntityManager() _manager: EntityManager): void {}
    }
    await expect(boot(Late)).rejects.toMatchObject(definition(/^Late\.checkBack .* remove @BarrierEntityManager\(\)/));
  });

  it('for a name that cannot stand in a URL', async () => {
    @Controller()
    class Odd {
      @SagaStep('pay now', { compensate: false })
      pay(): void {}
    }
    await expect(boot(Odd)).rejects.toMatchObject(definition(/@SagaStep\('pay now'\) has no valid name: use 1 to 64/));
  });

  it('for a route by a method that no coordinator uses', async () => {
    @Controller()
    class Deleting {
      @Delete('pay')
      @SagaStep('pay', { compensate: false })
      pay(): void {}
    }
    await expect(boot(Deleting)).rejects.toMatchObject(definition(/routed as DELETE: .* use @Post\(\) or @All\(\)/));
  });

  it('for a route with parameters', async () => {
    @Controller()
    class Parametrised {
      @Post('pay/:id')
      @SagaStep('pay', { compensate: false })
      pay(): void {}
    }
    await expect(boot(Parametrised)).rejects.toMatchObject(definition(/routed at \/pay\/:id: .* from the body/));
  });

  it('for a success that coordinators would take for an error', async () => {
    @Controller()
    class Accepting {
      @HttpCode(202)
      @SagaStep('pay', { compensate: false })
      pay(): void {}
    }
    await expect(boot(Accepting)).rejects.toMatchObject(definition(/answers @HttpCode\(202\).* remove the decorator/));
  });

  it('for a route behind a version header, unless the handler is neutral', async () => {
    @Controller({ version: '1' })
    class Versioned {
      @SagaStep('pay', { compensate: false })
      pay(): void {}
    }
    const prepare: ServeOptions['prepare'] = (app) =>
      app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
    await expect(boot(Versioned, { prepare })).rejects.toMatchObject(
      definition(/sends no version header.*VERSION_NEUTRAL/),
    );

    @Controller({ version: '1' })
    class Neutral {
      @Version(VERSION_NEUTRAL)
      @SagaStep('pay', { compensate: false })
      pay(): void {}
    }
    await expect(boot(Neutral, { prepare })).resolves.toBeDefined();
  });

  it('for a barrier manager without a barrier', async () => {
    @Controller()
    class Unprotected {
      @SagaStep('pay', { compensate: false })
      pay(@BarrierEntityManager() _manager: EntityManager): void {}
    }
    await expect(boot(Unprotected)).rejects.toMatchObject(
      definition(/^Unprotected\.pay has a parameter @BarrierEntityManager\(\).*add @BarrierProtected\(\)/),
    );
  });

  it('for a barrier on a method that is no handler', async () => {
    @Controller()
    class NoHandler {
      @Post()
      @BarrierProtected()
      pay(): void {}
    }
    await expect(boot(NoHandler)).rejects.toMatchObject(
      definition(/^NoHandler\.pay is @BarrierProtected\(\) but no handler/),
    );
  });
});

describe('the start with barriers', () => {
  afterEach(closeAll);

  @Controller()
  class Protected {
    @SagaStep('pay', { compensate: false })
    @BarrierProtected()
    pay(): void {}
  }

  it('is refused without a DataSource', async () => {
    await expect(boot(Protected)).rejects.toMatchObject(
      definition(/there is no default DataSource: import TypeOrmModule/),
    );
  });

  it('is refused without the DataSource that the handler names', async () => {
    @Controller()
    class Elsewhere {
      @SagaStep('pay', { compensate: false })
      @BarrierProtected({ dataSource: 'ledger' })
      pay(): void {}
    }
    const imports = [TypeOrmModule.forRoot(sqliteOptions(':memory:'))];
    await expect(serve({ imports, controllers: [Elsewhere] })).rejects.toMatchObject(
      definition(/no DataSource named 'ledger'/),
    );
  });

  it('is refused without the table on the handler’s own connection', async () => {
    const imports = [TypeOrmModule.forRoot(sqliteOptions(':memory:'))];
    await expect(serve({ imports, controllers: [Protected] })).rejects.toMatchObject({
      code: 'DTX_BARRIER_TABLE',
      message: expect.stringMatching(/'dtx_barrier' cannot be used by Protected\.pay .*barrierMigration\(\)/) as string,
    });
  });

  it('finds a table that another module created while it was initialised', async () => {
    const imports = [TypeOrmModule.forRoot(sqliteOptions(':memory:'))];
    class Creator {
      constructor(private readonly dataSource: DataSource) {}
      async onModuleInit(): Promise<void> {
        await createBarrierTable(this.dataSource);
      }
    }
    const creator = { provide: Creator, inject: [DataSource], useFactory: (it: DataSource) => new Creator(it) };
    const app = await serve({ imports, controllers: [Protected], providers: [creator] });
    expect(app.get(DtxExplorer).handlers).toMatchObject([{ where: 'Protected.pay', barrier: {} }]);
  });
});

it('a controller that two modules list counts once', async () => {
  @Controller()
  class Shared {
    @SagaStep('pay', { compensate: false })
    pay(): void {}
  }
  class Other {}
  const app = await serve(
    { controllers: [Shared], imports: [{ module: Other, controllers: [Shared] }] },
    { adapter: 'express' },
  );
  expect(app.get(DtxExplorer).handlers).toHaveLength(1);
  await closeAll();
});
