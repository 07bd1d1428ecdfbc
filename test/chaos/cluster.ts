import type { Cleanup } from '../support/cleanup';
import { startCoordinator } from '../support/coordinator';
import { CoordinatorApi } from '../support/coordinator-api';
import { FixtureService } from '../support/fixture/fixture-service';
import { Ledger } from '../support/fixture/ledger';
import { get } from '../support/http';
import { SagaCase } from '../support/saga-case';
import type { ServerProcess } from '../support/server-process';
import type { StoreEnvironment } from '../support/store-engine';
import { LeaseAudit } from './lease-audit';
import { instantOf, StoreSql } from './store-sql';

/** Seconds, as they are configured. */
const LEASE_SECONDS = 2;
const SCAN_SECONDS = 0.2;

/** Milliseconds. */
export const LEASE_MS = LEASE_SECONDS * 1000;

/** For a machine on which every core is taken: far above the jitter of a scan, far below any retry. Milliseconds. */
const TOLERANCE_MS = 5000;

/** Within this, what a dead coordinator was at work on is in other hands. Milliseconds. */
export const RECOVERY_LIMIT_MS = LEASE_MS + SCAN_SECONDS * 1000 + TOLERANCE_MS;

/** Short leases, frequent scans, and retries so late that nothing but a lease that ended can explain a takeover. */
const PACE = {
  LEASE_SECONDS: String(LEASE_SECONDS),
  TRANS_CRON_INTERVAL: String(SCAN_SECONDS),
  RETRY_INTERVAL: '60',
  REQUEST_TIMEOUT: '30',
  // Logs are read by tests.
  NO_COLOR: '1',
};

/** One coordinator of several. */
export class Member {
  readonly api: CoordinatorApi;

  constructor(
    readonly process: ServerProcess,
    private readonly busi: FixtureService,
  ) {
    this.api = new CoordinatorApi(process.url);
  }

  /** A saga whose client speaks to this coordinator. */
  saga(gid: string): SagaCase {
    return new SagaCase(this.api, this.busi, gid);
  }

  /** @returns the status of its readiness */
  async readiness(): Promise<number> {
    return (await get(`${this.api.url}/api/v2/health/ready`)).status;
  }
}

/** Lease and due time of a transaction as they stand in its row. Instants by the database's clock, in milliseconds. */
export interface Holding {
  readonly owner: string;
  readonly epoch: number;
  readonly leaseUntil: number | undefined;
  readonly due: number | undefined;
  /** When this was read. */
  readonly readAt: number;
}

/** Several coordinators on one database, with the services that they call. */
export class Cluster {
  readonly ledger = new Ledger();
  readonly members: Member[] = [];
  readonly sql: StoreSql;

  private constructor(
    private readonly cleanup: Cleanup,
    private readonly store: StoreEnvironment,
    readonly busi: FixtureService,
    readonly audit: LeaseAudit,
  ) {
    this.sql = new StoreSql(store);
    busi.onSuccess(this.ledger.apply);
  }

  /**
   * @param store the `STORE_*` variables of an empty database
   * @param settings one entry for each coordinator: what it has of its own
   */
  static async start(
    cleanup: Cleanup,
    store: StoreEnvironment,
    settings: readonly StoreEnvironment[],
  ): Promise<Cluster> {
    const busi = await FixtureService.start();
    cleanup.add(() => busi.stop());
    const cluster = new Cluster(cleanup, store, busi, new LeaseAudit(new StoreSql(store)));
    // All at once: one makes the tables, the others wait for it or find them.
    await Promise.all(settings.map((own, index) => cluster.join(own, index)));
    await cluster.audit.install();
    return cluster;
  }

  /** Starts one more coordinator. @param index where it stands among the members; absent: at the end */
  async join(settings: StoreEnvironment = {}, index = this.members.length): Promise<Member> {
    const process = await startCoordinator({ ...PACE, ...this.store, ...settings });
    this.cleanup.add(() => process.kill());
    const member = new Member(process, this.busi);
    this.members[index] = member;
    return member;
  }

  /** @throws Error when there is no such member */
  member(index: number): Member {
    const member = this.members[index];
    if (!member) throw new Error(`there is no coordinator ${index}`);
    return member;
  }

  /** @throws Error when there is no such transaction */
  async holding(gid: string): Promise<Holding> {
    const { sql } = this;
    const [row] = await sql.query(
      `SELECT owner, epoch, ${sql.milliseconds('lease_until')} AS lease_until,
       ${sql.milliseconds('next_cron_time')} AS due, ${sql.milliseconds(sql.now)} AS read_at
       FROM trans_global WHERE gid = '${gid}'`,
    );
    if (!row) throw new Error(`there is no transaction ${gid}`);
    return {
      owner: String(row['owner']),
      epoch: Number(row['epoch']),
      leaseUntil: instantOf(row['lease_until']),
      due: instantOf(row['due']),
      readAt: Number(row['read_at']),
    };
  }
}
