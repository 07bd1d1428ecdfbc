import { checkBarrierTtl, type DtxClientOptions } from '@nestjs-dtx/client';
import { parseGrpcUrl } from '@nestjs-dtx/protocol';
import { messageBaseProblem } from './registry/message-address';
import { NAME, NAME_RULE } from './dtx.constants';
import { xaSettings, type XaOptions } from './xa/xa-options';
import type { XaReconciliationOptions } from './xa/xa-reconciliation-options';
import { DtxDefinitionError } from './errors/dtx-definition.error';

/** Options of {@link DtxModule}. */
export interface DtxOptions {
  /** Name of this service: its handlers are `service/handler`. All its instances share one database. */
  readonly service: string;
  /** URL of the coordinator, as `http://localhost:36789`. */
  readonly coordinator: string;
  /**
   * URL at which the coordinator reaches this instance, without the application's own prefixes and without a trailing
   * slash. Needed behind a proxy or a port mapping.
   * @default the address on which the server listens
   */
  readonly baseUrl?: string;
  /**
   * Where messages for this service are sent, one URL for each transport: `nats://host:4222`, `amqp://host/queue`,
   * `tcp://host:port` … So the coordinator finds its `@MessagePattern()` handlers by `svc://service/handler`.
   * @default none: they are reached by plain URLs only
   */
  readonly messageUrls?: readonly string[];
  /**
   * Unique among the instances of the service.
   * @default made from the listening address, or from host name and process if there is a `baseUrl`
   */
  readonly instance?: string;
  /**
   * Seconds between two signs of life. The coordinator takes the instance for dead after three missing ones.
   * @default 5
   */
  readonly heartbeatSeconds?: number;
  /**
   * `table` or `schema.table` of the barrier, for all handlers that do not name another one.
   * @default 'dtx_barrier'
   */
  readonly barrierTable?: string;
  /**
   * Age from which barrier rows are deleted, at least 7 days: longer than any transaction may live, counting outages and
   * repairs by hand, as a compensation that comes when the row of its action is gone undoes nothing. Seconds.
   * @default none: rows are kept for ever
   */
  readonly barrierTtl?: number;
  /**
   * Announce the handlers to the coordinator. Without it they are reached by plain URLs only.
   * @default true
   */
  readonly register?: boolean;
  /**
   * How often, and from which age on, XA branches that were left prepared are ended as the coordinator says; false for never.
   * @default every 60 seconds, those that are older than 60 seconds
   */
  readonly xaReconciler?: XaReconciliationOptions | false;
  /** What XA branches may take of the databases. */
  readonly xa?: XaOptions;
  /** For services that talk to the coordinator over gRPC, or are called over it. */
  readonly grpc?: DtxGrpcOptions;
  /** Further options of the client. */
  readonly client?: Omit<DtxClientOptions, 'coordinator' | 'transport' | 'httpCoordinator'>;
}

/** @see DtxOptions.grpc */
export interface DtxGrpcOptions {
  /** `host:port` of the coordinator's gRPC API: the injected client then starts transactions there. */
  readonly coordinator?: string;
  /**
   * `host:port` at which the coordinator reaches the gRPC server of this service: workflows are then resumed there, by the
   * service `workflow.Workflow`, if they were started over gRPC.
   */
  readonly address?: string;
}

/** Options that decide about the module itself; also for `forRootAsync` they stand beside the factory. */
export interface DtxExtras {
  /**
   * Name of this coordinator in an application that has several: the client is then injected by `@InjectDtx(name)`.
   * @default none: the client is injected by its class
   */
  name?: string;
  /** @default true */
  isGlobal?: boolean;
}

export const DEFAULT_HEARTBEAT_SECONDS = 5;
/** So that three missing signs of life fit into the longest ttl that a coordinator takes, an hour. */
const MAX_HEARTBEAT_SECONDS = 1200;
/** Twenty days: more milliseconds than that fit into no timer. */
const MAX_SECONDS = 20 * 24 * 3600;

/** @throws DtxDefinitionError naming the wrong option and what is allowed */
export function checkOptions(options: DtxOptions): DtxOptions {
  const { service, instance, baseUrl, heartbeatSeconds } = options;
  check(isName(service), 'service', service, `use ${NAME_RULE}`);
  check(
    isHttpUrl(options.coordinator),
    'coordinator',
    options.coordinator,
    'use an URL such as http://localhost:36789',
  );
  check(instance === undefined || isName(instance), 'instance', instance, `use ${NAME_RULE}`);
  check(
    baseUrl === undefined || isBaseUrl(baseUrl),
    'baseUrl',
    baseUrl,
    'use http(s)://host:port without a slash at the end',
  );
  check(
    heartbeatSeconds === undefined || isHeartbeat(heartbeatSeconds),
    'heartbeatSeconds',
    heartbeatSeconds,
    `use whole seconds from 1 to ${MAX_HEARTBEAT_SECONDS}`,
  );
  checkGrpc(options.grpc);
  checkMessageUrls(options);
  if (options.barrierTtl !== undefined) checkTtl(options.barrierTtl);
  checkReconciler(options);
  xaSettings(options.xa);
  return options;
}

function check(isRight: boolean, option: keyof DtxOptions, value: unknown, fix: string): void {
  if (!isRight) throw new DtxDefinitionError(`DtxModule: ${option} is ${JSON.stringify(value)}: ${fix}`);
}

function checkMessageUrls({ messageUrls = [] }: DtxOptions): void {
  for (const url of messageUrls) {
    const problem = messageBaseProblem(url);
    if (problem !== undefined)
      throw new DtxDefinitionError(`DtxModule: messageUrls has ${JSON.stringify(url)}: ${problem}`);
  }
}

function checkTtl(barrierTtl: number): void {
  try {
    checkBarrierTtl(barrierTtl);
  } catch (cause) {
    throw new DtxDefinitionError(`DtxModule: barrierTtl: ${(cause as Error).message}`, { cause });
  }
}

function checkGrpc({ coordinator, address }: DtxGrpcOptions = {}): void {
  for (const [name, value] of Object.entries({ coordinator, address })) {
    if (value === undefined || (typeof value === 'string' && parseGrpcUrl(`${value}/a.B/C`))) continue;
    throw new DtxDefinitionError(`DtxModule: grpc.${name} is ${JSON.stringify(value)}: use host:port`);
  }
}

function checkReconciler({ xaReconciler }: DtxOptions): void {
  if (xaReconciler === undefined || xaReconciler === false) return;
  for (const [key, value] of Object.entries(xaReconciler) as [string, unknown][]) {
    const isRight = typeof value === 'number' && value >= (key === 'intervalSeconds' ? 1 : 0) && value <= MAX_SECONDS;
    if (isRight) continue;
    throw new DtxDefinitionError(
      `DtxModule: xaReconciler.${key} is ${JSON.stringify(value)}: use seconds up to ${MAX_SECONDS}`,
    );
  }
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}

function isHttpUrl(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\/./.test(value) && URL.canParse(value);
}

function isBaseUrl(value: unknown): boolean {
  return isHttpUrl(value) && !/[/?#]$/.test(value) && new URL(value).search === '';
}

function isHeartbeat(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= MAX_HEARTBEAT_SECONDS;
}
