import { Controller, Module, Post, Version, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { SagaStep } from '../decorators/saga-step.decorator';
import { ADAPTERS, callBranch, closeAll, serve } from '../dtx-app.spec-helper';
import { DtxExplorer } from './dtx.explorer';

@Controller('steps')
class StepsController {
  @SagaStep('plain', { compensate: false })
  plain(): void {}

  @Post('own-above')
  @SagaStep('above', { compensate: false })
  above(): void {}
}

const metadata = { controllers: [StepsController] };
const SUCCESS = { status: 200, body: { dtm_result: 'SUCCESS' } };

describe.each(ADAPTERS)('a decorated handler on %s', (adapter) => {
  afterEach(closeAll);

  it('is found at the path that is announced: global prefix, exceptions of it, module path', async () => {
    @Controller('deep')
    class DeepController {
      @SagaStep('deep', { compensate: false })
      deep(): void {}
    }
    @Module({ controllers: [DeepController] })
    class DeepModule {}
    const app = await serve(
      { ...metadata, imports: [DeepModule, RouterModule.register([{ path: 'area', module: DeepModule }])] },
      { adapter, prepare: (it) => it.setGlobalPrefix('/api', { exclude: ['steps/own-above'] }) },
    );
    expect(announcedPaths(app.get(DtxExplorer))).toMatchObject({
      plain: '/api/steps/dtx/plain/action',
      above: '/steps/own-above',
      deep: '/api/area/deep/dtx/deep/action',
    });
    for (const path of Object.values(announcedPaths(app.get(DtxExplorer)))) {
      expect({ path, ...(await callBranch(app, path, { body: {} })) }).toEqual({ path, ...SUCCESS });
    }
  });

  it('is found at the path that is announced: URI versions', async () => {
    @Controller({ path: 'old', version: '1' })
    class VersionedController {
      @SagaStep('old', { compensate: false })
      old(): void {}

      @SagaStep('new', { compensate: false })
      @Version(['2', '3'])
      renewed(): void {}
    }
    const app = await serve(
      { ...metadata, controllers: [...metadata.controllers, VersionedController] },
      {
        adapter,
        prepare: (it) =>
          it
            .setGlobalPrefix('api')
            .enableVersioning({ type: VersioningType.URI, prefix: 'version-', defaultVersion: '9' }),
      },
    );
    const paths = announcedPaths(app.get(DtxExplorer));
    expect(paths).toMatchObject({
      old: '/api/version-1/old/dtx/old/action',
      new: '/api/version-2/old/dtx/new/action',
      plain: '/api/version-9/steps/dtx/plain/action',
    });
    for (const name of ['old', 'new', 'plain']) expect(await callBranch(app, paths[name] ?? '')).toEqual(SUCCESS);
  });
});

function announcedPaths(explorer: DtxExplorer): Record<string, string> {
  return Object.fromEntries(
    explorer.handlers
      .filter(({ metadata: { ops } }) => ops.includes('action'))
      .map((it) => [it.metadata.name, it.path]),
  );
}
