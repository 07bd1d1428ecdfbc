import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DtxClient } from '@nestjs-dtx/client';
import { InjectDtx } from './decorators/inject-dtx.decorator';
import { DtxModule } from './dtx.module';
import type { DtxOptions } from './dtx.options';

const options: DtxOptions = { service: 'bank', coordinator: 'http://localhost:36789' };

describe('DtxModule', () => {
  it('lets the client be injected by its class', async () => {
    @Injectable()
    class Transfers {
      constructor(readonly dtx: DtxClient) {}
    }
    const module = await Test.createTestingModule({
      imports: [DtxModule.forRoot(options)],
      providers: [Transfers],
    }).compile();
    expect(module.get(Transfers).dtx).toBeInstanceOf(DtxClient);
    await module.close();
  });

  it('takes its options from a factory', async () => {
    const factory = DtxModule.forRootAsync({ useFactory: () => Promise.resolve(options) });
    const module = await Test.createTestingModule({ imports: [factory] }).compile();
    expect(module.get(DtxClient).saga('g-1').gid).toBe('g-1');
    await module.close();
  });

  it('serves several coordinators, each client under its name', async () => {
    @Injectable()
    class Transfers {
      constructor(
        @InjectDtx() readonly main: DtxClient,
        @InjectDtx('eu') readonly eu: DtxClient,
      ) {}
    }
    const eu = DtxModule.forRoot({ ...options, name: 'eu', coordinator: 'http://eu.example:36789' });
    const module = await Test.createTestingModule({
      imports: [DtxModule.forRoot(options), eu],
      providers: [Transfers],
    }).compile();
    const { main, eu: other } = module.get(Transfers);
    expect(main).toBeInstanceOf(DtxClient);
    expect(other).toBeInstanceOf(DtxClient);
    expect(main).not.toBe(other);
    await module.close();
  });

  it('keeps to its importers if it is not to be global', async () => {
    @Injectable()
    class Transfers {
      constructor(readonly dtx: DtxClient) {}
    }
    class Feature {}
    const feature = { module: Feature, providers: [Transfers] };
    const root = (isGlobal: boolean) =>
      Test.createTestingModule({ imports: [DtxModule.forRoot({ ...options, isGlobal }), feature] })
        .setLogger(false as never)
        .compile();
    await expect(root(false)).rejects.toThrow(/DtxClient/);
    await (await root(true)).close();
  });

  it.each<[string, Partial<DtxOptions>, RegExp]>([
    ['service', { service: 'bank a' }, /^DtxModule: service is "bank a": use 1 to 64 letters/],
    ['coordinator', { coordinator: 'localhost:36789' }, /coordinator is "localhost:36789": use an URL such as/],
    ['instance', { instance: '' }, /instance is "": use 1 to 64 letters/],
    ['baseUrl', { baseUrl: 'http://bank/' }, /baseUrl is "http:\/\/bank\/": use .* without a slash at the end/],
    ['heartbeatSeconds', { heartbeatSeconds: 0 }, /heartbeatSeconds is 0: use whole seconds from 1/],
  ])('refuses a wrong %s', async (_name, wrong, message) => {
    const module = Test.createTestingModule({ imports: [DtxModule.forRoot({ ...options, ...wrong })] });
    await expect(module.setLogger(false as never).compile()).rejects.toMatchObject({
      code: 'DTX_DEFINITION',
      message: expect.stringMatching(message) as string,
    });
  });
});
