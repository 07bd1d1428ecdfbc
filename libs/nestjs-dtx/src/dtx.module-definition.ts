import { ConfigurableModuleBuilder } from '@nestjs/common';
import { ROUTE_PREFIX } from './dtx.constants';
import type { DtxExtras, DtxOptions } from './dtx.options';
import { DTX_CLIENT, getDtxToken, WORKFLOW_CONTROLLER } from './dtx.tokens';
import { workflowController } from './workflow/workflow.controller';
import { WorkflowGrpcController } from './workflow/workflow-grpc.controller';

const definition = new ConfigurableModuleBuilder<DtxOptions>({ moduleName: 'Dtx' })
  .setClassMethodName('forRoot')
  .setExtras<DtxExtras>({ isGlobal: true }, (module, { isGlobal = true, name }) => {
    const controller = workflowController(name === undefined ? ROUTE_PREFIX : `${ROUTE_PREFIX}/${name}`);
    return {
      ...module,
      // Interceptor and filter of a handler are made in the handler's own module and find their providers there.
      global: isGlobal,
      // A server of gRPC has the service once: it is for the coordinator without a name.
      controllers: [...(module.controllers ?? []), controller, ...(name === undefined ? [WorkflowGrpcController] : [])],
      providers: [
        ...(module.providers ?? []),
        { provide: getDtxToken(name), useExisting: DTX_CLIENT },
        { provide: WORKFLOW_CONTROLLER, useValue: controller },
      ],
      exports: [...(module.exports ?? []), getDtxToken(name)],
    };
  })
  .build();

export const ConfigurableDtxModule = definition.ConfigurableModuleClass;
export const DTX_OPTIONS = definition.MODULE_OPTIONS_TOKEN;
export type DtxModuleOptions = typeof definition.OPTIONS_TYPE;
export type DtxModuleAsyncOptions = typeof definition.ASYNC_OPTIONS_TYPE;
