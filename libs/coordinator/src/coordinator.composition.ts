import { AlertHook } from './alerts/alert-hook';
import { HttpAlertSender } from './alerts/alert-sender';
import { AlertService } from './alerts/alert.service';
import { SystemClock } from './clock/clock';
import type { CoordinatorOptions } from './coordinator.options';
import type { CoordinatorSettings } from './coordinator.settings';
import { BranchDispatcher } from './dispatch/branch-dispatcher';
import { GrpcTransport } from './dispatch/grpc/grpc-transport';
import { HttpTransport } from './dispatch/http/http-transport';
import { MessageTransport } from './dispatch/transports/message-transport';
import { CoordinatorMetrics } from './metrics/coordinator-metrics';
import { HealthService } from './operations/health.service';
import { QueryService } from './operations/query.service';
import { RecoveryService } from './recovery/recovery.service';
import { WakeUp } from './recovery/wake-up';
import { RetentionService } from './retention/retention.service';
import { ServiceRegistry } from './registry/service-registry';
import type { TransactionStore } from './stores/transaction-store';
import { TopicService } from './topics/topic.service';
import { Admission } from './transactions/admission';
import { CommandExecutor } from './transactions/command-executor';
import { IncidentLog } from './transactions/incident-log';
import { LeaseKeeper } from './transactions/lease-keeper';
import type { RunEnvironment } from './transactions/run-environment';
import { TransactionRunner } from './transactions/transaction-runner';
import { TransactionService } from './transactions/transaction.service';

/** Part of the places that submits leave to recovery. */
const RECOVERY_SHARE = 0.1;

/** All parts of one coordinator, wired. */
export interface CoordinatorParts {
  readonly store: TransactionStore;
  readonly transport: HttpTransport;
  readonly grpc: GrpcTransport;
  readonly messages: MessageTransport;
  readonly registry: ServiceRegistry;
  readonly admission: Admission;
  readonly keeper: LeaseKeeper;
  readonly runner: TransactionRunner;
  readonly recovery: RecoveryService;
  readonly wakeUp: WakeUp;
  readonly retention: RetentionService;
  readonly topics: TopicService;
  readonly transactions: TransactionService;
  readonly metrics: CoordinatorMetrics;
  readonly queries: QueryService;
  readonly health: HealthService;
  /** Absent where no web hook is configured. */
  readonly alerts: AlertService | undefined;
}

/** Wires a coordinator around an open store. Starts nothing. */
export function composeCoordinator(
  store: TransactionStore,
  settings: CoordinatorSettings,
  options: CoordinatorOptions,
): CoordinatorParts {
  const clock = options.clock ?? new SystemClock();
  const faults = options.faultPoints;
  const limits = transportOptions(settings);
  const transport = new HttpTransport(limits, clock);
  const grpc = new GrpcTransport({ limits, ...(options.branchTls && { tls: options.branchTls }) }, clock);
  const registry = new ServiceRegistry(store, clock);
  const messages = new MessageTransport({ limits, brokers: settings.brokers }, clock);
  const outcomes = { substring: settings.outcomeSubstring };
  const dispatcher = new BranchDispatcher(registry, { http: transport, grpc, messages }, outcomes);
  const admission = new Admission({
    maxInFlight: settings.maxInFlight,
    reserved: Math.floor(settings.maxInFlight * RECOVERY_SHARE),
    queue: settings.admissionQueue,
    waitMs: settings.admissionWait * 1000,
  });
  const keeper = new LeaseKeeper(store, clock, settings.leaseSeconds * 1000);
  const alerts = alertsOf(settings);
  const incidents = new IncidentLog(alerts);
  const metrics = new CoordinatorMetrics();
  const topics = new TopicService(store, clock);
  const environment: RunEnvironment = {
    store,
    dispatcher,
    topics,
    clock,
    settings,
    incidents,
    metrics,
    faults,
    random: Math.random,
  };
  const runner = new TransactionRunner(environment, admission, keeper);
  const recovery = new RecoveryService(store, runner, admission, { clock, claimBatch: settings.claimBatch, faults });
  const wakeUp = new WakeUp(clock, () => void recovery.runOnce());
  runner.notifyParked((dueInMs) => wakeUp.after(dueInMs));
  return {
    store,
    transport,
    grpc,
    messages,
    registry,
    admission,
    keeper,
    runner,
    recovery,
    wakeUp,
    retention: new RetentionService(store, { clock, finishedForMs: settings.retentionFinished * 1000 }),
    topics,
    transactions: new TransactionService(environment, runner, new CommandExecutor(environment, runner, admission)),
    metrics,
    queries: new QueryService(store, () => wakeUp.after(0)),
    health: new HealthService(store),
    alerts,
  };
}

function alertsOf({ alertWebHook, alertRetryLimit, requestTimeout }: CoordinatorSettings): AlertService | undefined {
  if (alertWebHook === '') return undefined;
  const sender = new HttpAlertSender(alertWebHook, requestTimeout * 1000);
  return new AlertService(new AlertHook(sender), alertRetryLimit);
}

function transportOptions(settings: CoordinatorSettings) {
  return {
    concurrency: settings.destinationConcurrency,
    queue: settings.destinationQueue,
    breakerThreshold: settings.breakerThreshold,
    breakerOpenMaxMs: settings.breakerOpenMax * 1000,
  };
}
