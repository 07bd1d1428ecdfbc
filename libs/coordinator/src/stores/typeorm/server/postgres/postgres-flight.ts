import type * as Pg from 'pg';
import { AnswerWatch } from '../answer-watch';
import type { TextParameter } from './postgres-parameters';
import { ANSWER_TIMEOUT_MS, type PostgresClient } from './statement-settings';

/** A statement that each connection parses once, under its name. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/** A statement with its parameters. */
export interface BoundStatement {
  readonly statement: NamedStatement;
  readonly values: readonly TextParameter[];
}

/** A row as the server tells it. */
export type TextRow = readonly (string | null)[];

/** The part of the driver's connection that speaks the protocol. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void; destroy(): void };
  parse(statement: NamedStatement): void;
  close(statement: { readonly type: 'S'; readonly name: string }): void;
  bind(bound: { readonly statement: string; readonly values: readonly TextParameter[] }): void;
  execute(portal: object): void;
  sync(): void;
}

/** What the driver calls while the answers come in. */
interface Handlers {
  submit(connection: Connection): null;
  handleDataRow(message: { readonly fields: TextRow }): void;
  handleCommandComplete(): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

/** Clients that know the statements. */
const prepared = new WeakSet<PostgresClient>();

/** Not the driver's own time limit, which is a timer for each query. */
const watches = new WeakMap<PostgresClient, AnswerWatch>();

/**
 * Sends statements together, in order, as one implicit transaction: the server commits at the end of them, and answers
 * once. One that fails keeps it from all of them.
 *
 * @param all statements that may ever be sent on such a client
 * @returns the rows of all statements
 * @throws what the first one that fails throws
 */
export async function fly(
  client: PostgresClient,
  bound: readonly BoundStatement[],
  all: readonly NamedStatement[],
): Promise<readonly TextRow[]> {
  if (!prepared.has(client)) {
    await roundTrip(client, (connection) => prepare(connection, all));
    prepared.add(client);
  }
  return roundTrip(client, (connection) => {
    for (const { statement, values } of bound) {
      connection.bind({ statement: statement.name, values });
      connection.execute({});
    }
  });
}

/** An attempt that failed half way may have left some of them. */
function prepare(connection: Connection, statements: readonly NamedStatement[]): void {
  for (const { name, text } of statements) {
    connection.close({ type: 'S', name });
    connection.parse({ name, text });
  }
}

/** @param send what goes out before the end of the transaction */
function roundTrip(client: PostgresClient, send: (connection: Connection) => void): Promise<readonly TextRow[]> {
  return new Promise((resolve, reject) => {
    const rows: TextRow[] = [];
    const watch = watchOf(client);
    let connection: Connection | undefined;
    // A hung server must not hang its callers for ever. Its answer may still come, so the connection is of no more use.
    const asked = watch.begin(() => {
      reject(new Error(`read timeout: no answer within ${ANSWER_TIMEOUT_MS} ms`));
      connection?.stream.destroy();
    });
    const handlers: Handlers = {
      submit: (own) => {
        connection = own;
        sendTogether(own, send);
        return null;
      },
      handleDataRow: ({ fields }) => void rows.push(fields),
      handleCommandComplete: () => {},
      handleError: (error) => query.callback(error),
      handleReadyForQuery: () => query.callback(),
    };
    // The driver takes nothing but its own class where it pipelines.
    const { Query } = driver();
    const query = Object.assign(new Query(''), handlers, {
      callback: (error?: Error) => {
        watch.end(asked);
        if (error) reject(error);
        else resolve(rows);
      },
    });
    client.query(query);
  });
}

function sendTogether(connection: Connection, send: (connection: Connection) => void): void {
  connection.stream.cork();
  try {
    send(connection);
    connection.sync();
  } finally {
    connection.stream.uncork();
  }
}

/** Flights of one client follow each other. */
function watchOf(client: PostgresClient): AnswerWatch {
  let watch = watches.get(client);
  if (!watch) watches.set(client, (watch = new AnswerWatch(ANSWER_TIMEOUT_MS)));
  return watch;
}

/** Loaded late: the package is only there where PostgreSQL is used. And once: Node looks at its files at every `require`. */
function driver(): typeof Pg {
  // oxlint-disable-next-line no-require-imports -- see above
  return (loaded ??= require('pg') as typeof Pg);
}

let loaded: typeof Pg | undefined;
