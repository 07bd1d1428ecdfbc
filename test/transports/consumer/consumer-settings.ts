import type { MicroserviceOptions } from '@nestjs/microservices';

/** A database server, as TypeORM takes it. */
export interface ConsumerDatabase {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** What a test tells its consumer. */
export interface ConsumerSettings {
  /** As `connectMicroservice` takes it. */
  readonly transport: MicroserviceOptions;
  /** Where it keeps its database, if that is a file, and remembers what it has done. */
  readonly folder: string;
  readonly coordinator: string;
  /** SQLite in the folder if absent. */
  readonly database?: ConsumerDatabase;
  /** Where messages for it are sent, to be announced to the coordinator. */
  readonly messageUrl: string;
}

const VARIABLE = 'CONSUMER';

export function consumerEnvironment(settings: ConsumerSettings): Readonly<Record<string, string>> {
  return { [VARIABLE]: JSON.stringify(settings) };
}

export function consumerSettings(env: NodeJS.ProcessEnv): ConsumerSettings {
  return JSON.parse(env[VARIABLE] ?? '') as ConsumerSettings;
}
