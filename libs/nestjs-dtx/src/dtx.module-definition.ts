import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { DtxExtras, DtxOptions } from './dtx.options';
import { DTX_CLIENT, getDtxToken } from './dtx.tokens';

const definition = new ConfigurableModuleBuilder<DtxOptions>({ moduleName: 'Dtx' })
  .setClassMethodName('forRoot')
  .setExtras<DtxExtras>({ isGlobal: true }, (module, { isGlobal = true, name }) => ({
    ...module,
    // Interceptor and filter of a handler are made in the handler's own module and find their providers there.
    global: isGlobal,
    providers: [...(module.providers ?? []), { provide: getDtxToken(name), useExisting: DTX_CLIENT }],
    exports: [...(module.exports ?? []), getDtxToken(name)],
  }))
  .build();

export const ConfigurableDtxModule = definition.ConfigurableModuleClass;
export const DTX_OPTIONS = definition.MODULE_OPTIONS_TOKEN;
export type DtxModuleOptions = typeof definition.OPTIONS_TYPE;
export type DtxModuleAsyncOptions = typeof definition.ASYNC_OPTIONS_TYPE;
