/** Names of the database servers that tests run on, as `STORE_DRIVER` takes them. */
export type ServerName = 'mariadb' | 'postgres';

/** Where a server listens, and an administrator's account. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** How a private server is to run. */
export interface ServerSettings {
  /** Whether a commit is on disk when it is acknowledged. Tests that neither crash nor measure the server may do without. */
  readonly durable?: boolean;
  /** Further settings of the engine by their own names: `max_connections`, `time_zone` … */
  readonly engine?: Readonly<Record<string, string>>;
}

/** Where one private server lives. */
export interface ServerHome {
  /** A folder of its own, which may hold whatever the server likes. */
  readonly folder: string;
  readonly port: number;
  readonly settings: ServerSettings;
}

/** A command, and the user who has to run it where that is not oneself. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** One connection of an administrator. */
export interface AdminConnection {
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** What differs between the servers. A further one is a file with this. */
export interface ServerKind {
  readonly name: ServerName;
  /** Programs that have to be there. */
  readonly programs: readonly string[];
  /** Debian's package that holds them. */
  readonly debianPackage: string;
  readonly user: string;
  /** Database that is there from the beginning. */
  readonly adminDatabase: string;
  /** Ends the server cleanly without waiting for its clients to leave. */
  readonly stopSignal: NodeJS.Signals;
  /** Ends the server at once, leaving nothing behind in the system. */
  readonly abandonSignal: NodeJS.Signals;
  /** Makes the data folder. @returns the command to run once */
  prepare(home: ServerHome): ServerCommand;
  serve(home: ServerHome): ServerCommand;
  connect(address: ServerAddress, database: string): Promise<AdminConnection>;
  /** Removes a database together with whoever is still connected to it. */
  drop(database: string): string;
}

/** Account of every private server. It has a password, so that tests notice when it is not passed on. */
export const PASSWORD = 'private server of tests';
