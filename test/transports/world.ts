import type { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { CoordinatorApi } from '../support/coordinator-api';
import { get } from '../support/http';
import { ServerProcess } from '../support/server-process';
import { freshDatabase } from '../support/servers';
import { DURABLE_ENGINE } from '../support/store-engine';
import { temporaryFolder } from '../support/temporary-folder';
import { until, type Patience } from '../support/until';
import { consumerEnvironment, type ConsumerDatabase, type ConsumerSettings } from './consumer/consumer-settings';
import type { Order } from './consumer/order';
import { PATTERNS } from './consumer/patterns';
import type { OpenWire, Wire } from './wire';

const CONSUMER_SCRIPT = 'dist/tools/test/transports/consumer/main.js';

/** What the consumer tells about a transaction. */
export interface Done {
  readonly effects: readonly string[];
  readonly arrivals: Readonly<Record<string, number>>;
}

/** @see World.open */
export interface WorldOptions {
  /** Keep the consumer's data on MariaDB instead of SQLite. */
  readonly mariadb?: boolean;
}

/** A coordinator, a transport and a consumer behind it, each in a process of its own. */
export class World {
  private process: ServerProcess | undefined;
  private count = 0;

  private constructor(
    private readonly cleanup: Cleanup,
    readonly wire: OpenWire,
    readonly coordinator: ServerProcess,
    private readonly settings: ConsumerSettings,
  ) {}

  /** The consumer is not started yet. */
  static async open(cleanup: Cleanup, wire: Wire, { mariadb = false }: WorldOptions = {}): Promise<World> {
    const open = await wire.open(cleanup, Object.values(PATTERNS));
    const coordinator = await startCoordinator({
      ...(await DURABLE_ENGINE.create(cleanup)),
      LOG_LEVEL: 'info',
      REQUEST_TIMEOUT: '3',
      RETRY_INTERVAL: '1',
      RETRY_INTERVAL_MAX: '1',
      BREAKER_OPEN_MAX: '1',
    });
    cleanup.add(() => coordinator.stop());
    const settings: ConsumerSettings = {
      transport: open.transport,
      folder: await temporaryFolder(cleanup, 'consumer'),
      coordinator: coordinator.url,
      messageUrl: open.base,
      ...(mariadb && { database: await consumerDatabase(cleanup) }),
    };
    return new World(cleanup, open, coordinator, settings);
  }

  get api(): CoordinatorApi {
    return new CoordinatorApi(this.coordinator.url);
  }

  get consumer(): ServerProcess {
    if (!this.process) throw new Error('the consumer was not started');
    return this.process;
  }

  /** Starts the consumer, or starts it again on the data of the one before. */
  async startConsumer(): Promise<void> {
    const started = await ServerProcess.start({
      name: 'consumer',
      script: CONSUMER_SCRIPT,
      env: consumerEnvironment(this.settings),
    });
    this.process = started;
    this.cleanup.add(() => started.kill());
  }

  /** Branch URL of a pattern. */
  url(pattern: string): string {
    return `${this.wire.base}/${pattern}`;
  }

  newGid(name: string): string {
    this.count += 1;
    return `${name}-${this.count}-${process.pid}`;
  }

  /** Body of a saga of two steps behind the transport: `out`, then `in` with the order's end. */
  saga(gid: string, order: Order, more: object = {}): object {
    return {
      gid,
      trans_type: 'saga',
      steps: [
        { action: this.url(PATTERNS.out), compensate: this.url(PATTERNS.outUndo) },
        { action: this.url(PATTERNS.in), compensate: this.url(PATTERNS.inUndo) },
      ],
      payloads: [JSON.stringify({ amount: order.amount }), JSON.stringify(order)],
      ...more,
    };
  }

  /** Submits a saga. @returns its gid */
  async submit(name: string, order: Order, more: object = {}): Promise<string> {
    const gid = this.newGid(name);
    const reply = await this.api.submit(this.saga(gid, order, more));
    if (reply.status !== 200) throw new Error(`submit of ${gid}: ${reply.status} ${reply.text}`);
    return gid;
  }

  /** Waits for the end of a transaction. @returns its final status */
  ended(gid: string, patience: Patience = { withinMs: 60_000, everyMs: 50 }): Promise<string> {
    return until(
      `${gid} has ended`,
      async () => {
        const { transaction } = await this.api.query(gid);
        return ['succeed', 'failed'].includes(transaction?.status ?? '') && transaction?.status;
      },
      patience,
    );
  }

  /** Waits until the coordinator has tried in vain. @returns the reason */
  failedOnce(gid: string): Promise<string> {
    return until(`a call of ${gid} has failed`, async () => (await this.api.query(gid)).transaction?.last_error);
  }

  async done(gid: string): Promise<Done> {
    const reply = await get(`${this.consumer.url}/bookings?gid=${gid}`);
    return reply.json as Done;
  }

  /** Lines of the coordinator's log about connections. */
  connectionLog(): string[] {
    return this.coordinator.output.split('\n').filter((line) => /connected to |no connection to /.test(line));
  }
}

async function consumerDatabase(cleanup: Cleanup): Promise<ConsumerDatabase> {
  const { host, port, user, password, database } = await freshDatabase(cleanup, 'mariadb');
  return { host, port, username: user, password, database };
}
