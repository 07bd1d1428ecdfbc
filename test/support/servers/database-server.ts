import { randomBytes } from 'node:crypto';
import type { ServerAddress, ServerKind, ServerName } from './server-kind';

/** A database of a test's own, in the words of the coordinator's store options. */
export interface DatabaseAddress extends ServerAddress {
  readonly driver: ServerName;
  readonly database: string;
}

/** A server that databases can be made on. */
export class DatabaseServer {
  constructor(
    protected readonly kind: ServerKind,
    readonly address: ServerAddress,
  ) {}

  /** Makes a new empty database. */
  async createDatabase(): Promise<DatabaseAddress> {
    const database = `dtx_${randomBytes(6).toString('hex')}`;
    await this.query(`CREATE DATABASE ${database}`);
    return { driver: this.kind.name, ...this.address, database };
  }

  /** Removes a database, whoever is still connected to it. */
  async dropDatabase(database: string): Promise<void> {
    await this.query(this.kind.drop(database));
  }

  /** Runs one statement as an administrator on a connection of its own. @returns its rows */
  async query<Row = Readonly<Record<string, unknown>>>(sql: string, database?: string): Promise<readonly Row[]> {
    const connection = await this.kind.connect(this.address, database ?? this.kind.adminDatabase);
    try {
      return (await connection.query(sql)) as readonly Row[];
    } finally {
      await connection.close();
    }
  }
}
