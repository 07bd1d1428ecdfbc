import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type NestModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import { DtxClient } from '@nestjs-dtx/client';
import { BarrierCleanUp } from './barrier/barrier-clean-up';
import { BarrierTableChecker } from './barrier/barrier-table.checker';
import { BarrierService } from './barrier/barrier.service';
import { DataSources } from './barrier/data-sources';
import { DtxContext } from './context/dtx-context';
import { DtxMetadataAccessor } from './discovery/dtx-metadata.accessor';
import { DtxExplorer } from './discovery/dtx.explorer';
import { RoutePaths } from './discovery/route-paths';
import {
  ConfigurableDtxModule,
  DTX_OPTIONS,
  type DtxModuleAsyncOptions,
  type DtxModuleOptions,
} from './dtx.module-definition';
import { checkOptions, type DtxOptions } from './dtx.options';
import { DTX_CLIENT } from './dtx.tokens';
import { acceptEmptyJsonBodies } from './http/empty-json-body';
import { DtxMessages } from './messages/dtx-messages';
import { DtxRegistrar } from './registry/dtx.registrar';
import { WorkflowCallback } from './workflow/workflow-callback';
import { WorkflowRoute } from './workflow/workflow-route';
import { WorkflowExplorer } from './workflow/workflow.explorer';
import { WorkflowScanner } from './workflow/workflow.scanner';
import { XaBranches } from './xa/xa-branches';
import { XaDataSources } from './xa/xa-data-sources';
import { XaReconciliation } from './xa/xa-reconciliation';
import { XaChecker } from './xa/xa.checker';

const clientProvider = {
  provide: DTX_CLIENT,
  inject: [DTX_OPTIONS],
  useFactory: (options: DtxOptions) => {
    const { client, coordinator, grpc } = checkOptions(options);
    if (grpc?.coordinator === undefined) return new DtxClient({ ...client, coordinator });
    return new DtxClient({
      ...client,
      transport: 'grpc',
      coordinator: grpc.coordinator,
      httpCoordinator: coordinator,
    });
  },
};

/** Takes part in distributed transactions: serves decorated handlers and injects a {@link DtxClient} to start sagas with. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    clientProvider,
    BarrierCleanUp,
    BarrierService,
    BarrierTableChecker,
    DataSources,
    DtxContext,
    DtxExplorer,
    DtxMessages,
    DtxMetadataAccessor,
    DtxRegistrar,
    RoutePaths,
    WorkflowCallback,
    WorkflowExplorer,
    WorkflowRoute,
    WorkflowScanner,
    XaBranches,
    XaChecker,
    XaDataSources,
    XaReconciliation,
  ],
  exports: [BarrierService, DtxContext, DtxMessages, DtxMetadataAccessor, XaBranches],
})
export class DtxModule
  extends ConfigurableDtxModule
  implements NestModule, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    @Inject(DTX_CLIENT) private readonly client: DtxClient,
    private readonly explorer: DtxExplorer,
    private readonly workflows: WorkflowExplorer,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    super();
  }

  /**
   * Once per coordinator, in the root module.
   *
   * @throws DtxDefinitionError at the start of the application, for options and handlers that cannot work
   */
  static override forRoot(options: DtxModuleOptions): DynamicModule {
    return super.forRoot(options);
  }

  /** As {@link forRoot}, with options from a factory or a class. */
  static override forRootAsync(options: DtxModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }

  /**
   * Nest calls this before it registers the routes: a wrong definition is told in our words, not as the error that some
   * adapter makes of its routes.
   */
  configure(): void {
    this.explorer.explore();
    this.workflows.explore();
    acceptEmptyJsonBodies(this.adapterHost.httpAdapter);
  }

  /** While the databases that steps work on are still open: the steps under way end, no other one begins. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.client.workflows.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
