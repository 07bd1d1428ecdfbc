import { Controller, Inject, Injectable, Scope, type Provider, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { DtxClient, type WorkflowContext } from '@nestjs-dtx/client';
import { DtxWorkflow } from '../decorators/dtx-workflow.decorator';
import { SagaStep } from '../decorators/saga-step.decorator';
import { closeAll, serve } from '../dtx-app.spec-helper';

const boot = (providers: Provider[], controllers: Type[] = []) => serve({ providers, controllers });
const definition = (message: RegExp) => ({ code: 'DTX_DEFINITION', message: expect.stringMatching(message) as string });

describe('the start is refused', () => {
  afterEach(closeAll);

  it('for two workflows of one name', async () => {
    @Injectable()
    class Orders {
      @DtxWorkflow('checkout')
      async first(_wf: WorkflowContext): Promise<void> {}
    }
    @Controller()
    class OrdersController {
      @DtxWorkflow('checkout')
      async second(_wf: WorkflowContext): Promise<void> {}
    }
    await expect(boot([Orders], [OrdersController])).rejects.toMatchObject(
      definition(
        /^@DtxWorkflow\('checkout'\) stands at Orders\.first and at OrdersController\.second: give one of them another name$/,
      ),
    );
  });

  it('for a method that does not take the context and the input', async () => {
    @Injectable()
    class Nothing {
      @DtxWorkflow('checkout')
      async checkout(): Promise<void> {}
    }
    await expect(boot([Nothing])).rejects.toMatchObject(
      definition(
        /Nothing\.checkout: @DtxWorkflow\('checkout'\) takes 0 parameters: declare it as async checkout\(wf: /,
      ),
    );

    @Injectable()
    class TooMuch {
      // As plain JavaScript could have it.
      @(DtxWorkflow('checkout') as MethodDecorator)
      async checkout(_wf: WorkflowContext, _input: object, _more: object): Promise<void> {}
    }
    await expect(boot([TooMuch])).rejects.toMatchObject(definition(/takes 3 parameters/));
  });

  it.each(['check out', '', 'x'.repeat(46)])('for the name %j, which cannot be called back', async (name) => {
    @Injectable()
    class Orders {
      @DtxWorkflow(name)
      async checkout(_wf: WorkflowContext): Promise<void> {}
    }
    await expect(boot([Orders])).rejects.toMatchObject(definition(/has no valid name: use 1 to 64 .* at most 45$/));
  });

  it('for a method that is a handler as well', async () => {
    @Controller()
    class Orders {
      @DtxWorkflow('checkout')
      @SagaStep('pay', { compensate: false })
      async checkout(_wf: WorkflowContext): Promise<void> {}
    }
    await expect(boot([], [Orders])).rejects.toMatchObject(
      definition(/stands at a method that is @SagaStep\(\) as well: .* use two methods/),
    );
  });

  it.each([Scope.REQUEST, Scope.TRANSIENT])('for a class of scope %i', async (scope) => {
    @Injectable({ scope })
    class Orders {
      @DtxWorkflow('checkout')
      async checkout(_wf: WorkflowContext): Promise<void> {}
    }
    await expect(boot([Orders])).rejects.toMatchObject(definition(/a class that is made per request or per use: /));
  });

  it('for a class that injects something made per request', async () => {
    @Injectable()
    class Orders {
      constructor(@Inject(REQUEST) readonly request: unknown) {}

      @DtxWorkflow('checkout')
      async checkout(_wf: WorkflowContext): Promise<void> {}
    }
    await expect(boot([Orders])).rejects.toMatchObject(definition(/make the class and what it injects singletons/));
  });
});

describe('a workflow', () => {
  afterEach(closeAll);

  it('may stand in a base class, in what a factory made, and in a class that is provided twice', async () => {
    class Base {
      @DtxWorkflow('inherited')
      async checkout(_wf: WorkflowContext): Promise<void> {}
    }
    @Injectable()
    class Orders extends Base {}
    class Made {
      @DtxWorkflow('made')
      async checkout(_wf: WorkflowContext): Promise<void> {}
    }
    const app = await boot([
      Orders,
      { provide: 'alias', useExisting: Orders },
      { provide: 'made', useFactory: () => new Made() },
    ]);
    const { workflows } = app.get(DtxClient);
    for (const name of ['inherited', 'made']) {
      expect(() => workflows.register(name, async () => 1, { callback: '' })).toThrow('is registered already');
    }
  });
});
