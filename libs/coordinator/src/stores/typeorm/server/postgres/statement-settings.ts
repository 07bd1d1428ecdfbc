import * as sql from './postgres-sql';

/** Names of the statements that run all the time. Others would fill the server's memory with plans that nobody needs again. */
const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(sql).map(([name, text]) => [text, `dtx_${name}`]));

/** How long the server may be silent after a statement. Far longer than it waits for a lock: it is hung, or gone. Milliseconds. */
export const ANSWER_TIMEOUT_MS = 15_000;

/** What the driver is told of one statement. */
interface StatementSettings {
  readonly text: string;
  readonly name?: string;
  /** Milliseconds. */
  readonly query_timeout?: number;
}

/** A connection of the driver, as far as it is needed here: the package `pg` is only there where PostgreSQL is used. */
export interface PostgresClient {
  query: (statement: unknown, ...rest: readonly unknown[]) => unknown;
}

/** Gives each statement of a connection its settings. TypeORM passes on nothing but text and values. */
export function withStatementSettings(client: PostgresClient): void {
  const query = client.query.bind(client);
  client.query = (statement, ...rest) =>
    query(typeof statement === 'string' ? settingsOf(statement, rest[0] !== undefined) : statement, ...rest);
}

/**
 * - A statement of the write path has a name: it is parsed and planned once per connection, which costs more than to carry
 *   it out.
 * - A hung server must not hang its callers for ever. What changes the schema may take as long as it needs.
 */
export function settingsOf(text: string, hasValues: boolean): StatementSettings {
  const name = NAMES.get(text);
  const isBounded = name !== undefined || text.startsWith('SELECT');
  return {
    text,
    ...(name !== undefined && hasValues && { name }),
    ...(isBounded && { query_timeout: ANSWER_TIMEOUT_MS }),
  };
}
