import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { CoordinatorController } from './api/grpc/coordinator.controller';
import { DtmController } from './api/grpc/dtm.controller';
import { HealthController } from './api/http/health.controller';
import { InfoController } from './api/http/info.controller';
import { KvController } from './api/http/kv.controller';
import { MetricsController } from './api/http/metrics.controller';
import { QueriesController } from './api/http/queries.controller';
import { ScheduleController } from './api/http/schedule.controller';
import { ServicesController } from './api/http/services.controller';
import { TopicsController } from './api/http/topics.controller';
import { TransactionListController } from './api/http/transaction-list.controller';
import { TransactionsController } from './api/http/transactions.controller';
import { JsonRpcMethods } from './api/json-rpc/json-rpc-methods';
import { JsonRpcController } from './api/json-rpc/json-rpc.controller';
import { composeCoordinator, type CoordinatorParts } from './coordinator.composition';
import { CoordinatorLifecycle } from './coordinator.lifecycle';
import type { CoordinatorOptions } from './coordinator.options';
import { DEFAULT_SETTINGS } from './coordinator.settings';
import { SETTINGS } from './coordinator.tokens';
import { CoordinatorMetrics } from './metrics/coordinator-metrics';
import { MetricsService } from './metrics/metrics.service';
import { HealthService } from './operations/health.service';
import { KvService } from './operations/kv.service';
import { QueryService } from './operations/query.service';
import { RecoveryScheduler } from './recovery/recovery.scheduler';
import { RecoveryService } from './recovery/recovery.service';
import { RetentionScheduler } from './retention/retention.scheduler';
import { ServiceRegistry } from './registry/service-registry';
import { TransactionStore } from './stores/transaction-store';
import { TopicService } from './topics/topic.service';
import { TransactionService } from './transactions/transaction.service';

const PARTS = '@nestjs-dtx/coordinator:parts';

/** The inside of a coordinator: the root module of an application of its own, never imported into a user's. */
@Module({})
export class CoordinatorCoreModule {
  /** @param store open; closed when the application ends */
  static register(store: TransactionStore, options: CoordinatorOptions): DynamicModule {
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    return {
      module: CoordinatorCoreModule,
      imports: [ScheduleModule.forRoot()],
      controllers: [
        TransactionsController,
        TransactionListController,
        InfoController,
        QueriesController,
        ScheduleController,
        TopicsController,
        KvController,
        ServicesController,
        HealthController,
        JsonRpcController,
        MetricsController,
        DtmController,
        CoordinatorController,
      ],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: TransactionStore, useValue: store },
        { provide: PARTS, useFactory: () => composeCoordinator(store, settings, options) },
        part(JsonRpcMethods, ({ transactions }) => new JsonRpcMethods(transactions, settings.limits)),
        part(TransactionService, (parts) => parts.transactions),
        part(TopicService, (parts) => parts.topics),
        part(QueryService, (parts) => parts.queries),
        { provide: KvService, useFactory: () => new KvService(store) },
        part(CoordinatorMetrics, (parts) => parts.metrics),
        part(MetricsService, ({ metrics, runner }) => metrics.service(() => runner.size)),
        part(HealthService, (parts) => parts.health),
        part(ServiceRegistry, (parts) => parts.registry),
        part(RecoveryService, (parts) => parts.recovery),
        {
          provide: RecoveryScheduler,
          useFactory: (registry: SchedulerRegistry, parts: CoordinatorParts) =>
            new RecoveryScheduler(registry, parts, settings, options.recoverAfter),
          inject: [SchedulerRegistry, PARTS],
        },
        {
          provide: RetentionScheduler,
          useFactory: (registry: SchedulerRegistry, { retention }: CoordinatorParts) =>
            new RetentionScheduler(registry, retention, settings),
          inject: [SchedulerRegistry, PARTS],
        },
        {
          provide: CoordinatorLifecycle,
          useFactory: (parts: CoordinatorParts, scheduler: RecoveryScheduler, retentionScheduler: RetentionScheduler) =>
            new CoordinatorLifecycle({ ...parts, scheduler, retentionScheduler }, settings),
          inject: [PARTS, RecoveryScheduler, RetentionScheduler],
        },
      ],
    };
  }
}

/** A part of the composition, injectable by its class. */
function part<T>(token: abstract new (...args: never[]) => T, pick: (parts: CoordinatorParts) => T): Provider {
  return { provide: token, useFactory: pick, inject: [PARTS] };
}
