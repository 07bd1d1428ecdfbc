import { DatabaseServer } from '../support/servers/database-server';
import { SERVER_KINDS } from '../support/servers/server-kinds';
import type { StoreEnvironment } from '../support/store-engine';

/** One row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** What differs between the servers: columns of times hold UTC in both. */
const DIALECTS = {
  mariadb: {
    now: 'UTC_TIMESTAMP(3)',
    time: 'datetime(3)',
    milliseconds: (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`,
  },
  postgres: {
    now: 'clock_timestamp()',
    time: 'timestamptz(3)',
    milliseconds: (column: string) => `trunc(extract(epoch FROM ${column}) * 1000)`,
  },
} as const;

/** The tests' own look into the database of a cluster, past all coordinators. */
export class StoreSql {
  readonly driver: keyof typeof DIALECTS;
  private readonly server: DatabaseServer;
  private readonly database: string;

  /** @param env the `STORE_*` variables that point a coordinator at the database */
  constructor(env: StoreEnvironment) {
    const { STORE_HOST: host = '', STORE_PORT: port, STORE_USER: user = '', STORE_PASSWORD: password = '' } = env;
    this.driver = env['STORE_DRIVER'] === 'postgres' ? 'postgres' : 'mariadb';
    this.database = env['STORE_DB'] ?? '';
    this.server = new DatabaseServer(SERVER_KINDS[this.driver], { host, port: Number(port), user, password });
  }

  /** Expression of the server's time, of the type {@link timeType}. */
  get now(): string {
    return DIALECTS[this.driver].now;
  }

  get timeType(): string {
    return DIALECTS[this.driver].time;
  }

  /** Each query has a connection to itself, as the server may have been restarted since the last one. */
  query(sql: string): Promise<readonly Row[]> {
    return this.server.query<Row>(sql, this.database);
  }

  /** @returns the expression of a time as milliseconds since 1970, which {@link instantOf} takes. */
  milliseconds(column: string): string {
    return DIALECTS[this.driver].milliseconds(column);
  }

  /** Milliseconds since 1970 by the server's clock. */
  async serverTime(): Promise<number> {
    const [row] = await this.query(`SELECT ${this.milliseconds(this.now)} AS instant`);
    return Number(row?.['instant']);
  }
}

/** @returns the time, `undefined` for NULL. Drivers give big numbers as texts. */
export function instantOf(value: unknown): number | undefined {
  return value === null ? undefined : Number(value);
}
