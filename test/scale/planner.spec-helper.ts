import mysql, { type RowDataPacket } from 'mysql2';
import mysqlPromise from 'mysql2/promise';
import { Client, Connection } from 'pg';
import type { StoreEnvironment } from '../support/store-engine';

/** A statement as it reached the driver. */
interface SentStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** One step of a plan. */
export interface PlanStep {
  readonly table: string;
  /** Whether it reads all of a table or of an index. */
  readonly readsAll: boolean;
  /** Rows that it sorts, as the planner expects; 0 if it does not sort. */
  readonly sorts: number;
  /** The index that it reads; empty if none, and where the server does not say. */
  readonly index: string;
  readonly sql: string;
}

/** Sees what a driver is told in this process, and asks the server how it carries that out. */
export interface Planner {
  /** @returns the plans of all statements on our tables that the work has sent */
  plansOf(work: () => Promise<unknown>): Promise<PlanStep[]>;
  close(): Promise<void>;
}

/** Methods of a driver's connection, to be looked at from outside. */
type MethodsOf = Record<string, (...args: unknown[]) => unknown>;

const ON_OUR_TABLES = /\b(trans_global|trans_branch_op|kv)\b/;

/** @param env of a store on a server */
export function plannerOf(env: StoreEnvironment): Promise<Planner> {
  return env['STORE_DRIVER'] === 'postgres' ? postgresPlanner(env) : mysqlPlanner(env);
}

async function postgresPlanner(env: StoreEnvironment): Promise<Planner> {
  const client = new Client({ ...addressOf(env) });
  await client.connect();
  const sent: SentStatement[] = [];
  const prototype = Client.prototype as unknown as MethodsOf;
  const query = prototype['query']!;
  const spy = jest.spyOn(prototype, 'query').mockImplementation(function (this: unknown, ...args: unknown[]) {
    const [statement, values] = args as [string | { text: string; values?: unknown[] }, unknown];
    const { text, values: own } = typeof statement === 'string' ? { text: statement, values: undefined } : statement;
    sent.push({ sql: text, parameters: own ?? (Array.isArray(values) ? values : []) });
    return query.apply(this, args);
  });
  const prepared = recordPrepared(sent);
  return {
    plansOf: (work) =>
      recorded(sent, work, async ({ sql, parameters }) => {
        const { rows } = (await query.call(client, `EXPLAIN (FORMAT JSON) ${sql}`, [...parameters])) as {
          rows: { 'QUERY PLAN': [{ Plan: PostgresNode }] }[];
        };
        return stepsOf(rows[0]!['QUERY PLAN'][0].Plan, sql);
      }),
    async close() {
      spy.mockRestore();
      prepared.restore();
      await client.end();
    },
  };
}

/** Statements of ours that the store prepares by name and then only binds, several in one command. */
const PREPARED_BY_US = /^dtx_/;

/** Below `query` a statement is its text once, and its name and values each time. */
function recordPrepared(sent: SentStatement[]): { restore(): void } {
  const texts = new Map<string, string>();
  const prototype = (Connection as unknown as { prototype: MethodsOf }).prototype;
  const [parse, bind] = [prototype['parse']!, prototype['bind']!];
  const spies = [
    jest.spyOn(prototype, 'parse').mockImplementation(function (this: unknown, ...args: unknown[]) {
      const [{ name, text }] = args as [{ name: string; text: string }];
      texts.set(name, text);
      return parse.apply(this, args);
    }),
    jest.spyOn(prototype, 'bind').mockImplementation(function (this: unknown, ...args: unknown[]) {
      const [{ statement, values }] = args as [{ statement: string; values: readonly unknown[] }];
      if (PREPARED_BY_US.test(statement)) sent.push({ sql: texts.get(statement) ?? '', parameters: values });
      return bind.apply(this, args);
    }),
  ];
  return {
    restore() {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

interface PostgresNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Plan Rows': number;
  readonly Plans?: readonly PostgresNode[];
}

function stepsOf(node: PostgresNode, sql: string): PlanStep[] {
  const type = node['Node Type'];
  const step = {
    table: node['Relation Name'] ?? '',
    readsAll: type === 'Seq Scan' || (/^(Bitmap )?Index/.test(type) && node['Index Cond'] === undefined),
    sorts: type.endsWith('Sort') ? (node.Plans?.[0]?.['Plan Rows'] ?? 0) : 0,
    index: node['Index Name'] ?? '',
    sql,
  };
  return [step, ...(node.Plans ?? []).flatMap((child) => stepsOf(child, sql))];
}

async function mysqlPlanner(env: StoreEnvironment): Promise<Planner> {
  const connection = await mysqlPromise.createConnection(addressOf(env));
  const sent: SentStatement[] = [];
  // Those of a pool have their methods from the same place.
  const prototype = Object.getPrototypeOf(mysql.Connection.prototype) as MethodsOf;
  const spies = ['query', 'execute'].map((method) => {
    const original = prototype[method]!;
    return jest.spyOn(prototype, method).mockImplementation(function (this: unknown, ...args: unknown[]) {
      const [statement, values] = args as [string | { sql: string; values?: unknown[] }, unknown];
      const { sql, values: own } = typeof statement === 'string' ? { sql: statement, values: undefined } : statement;
      sent.push(...separated({ sql, parameters: own ?? (Array.isArray(values) ? values : []) }));
      return original.apply(this, args);
    });
  });
  return {
    plansOf: (work) =>
      recorded(sent, work, async ({ sql, parameters }) => {
        const [rows] = await connection.query<RowDataPacket[]>(`EXPLAIN ${sql}`, [...parameters] as string[]);
        return rows.map((row) => ({
          table: String(row['table'] ?? ''),
          // MariaDB calls it ALL what an INSERT of given values does to its table.
          readsAll: row['select_type'] !== 'INSERT' && (row['type'] === 'ALL' || row['type'] === 'index'),
          sorts: /Using filesort/.test(String(row['Extra'])) ? Number(row['rows']) : 0,
          index: String(row['key'] ?? ''),
          sql,
        }));
      }),
    async close() {
      for (const spy of spies) spy.mockRestore();
      await connection.end();
    },
  };
}

/** What is sent in one command is explained statement by statement. None of ours has a question mark or `;` of its own. */
function separated({ sql, parameters }: SentStatement): SentStatement[] {
  let used = 0;
  return sql.split(/;\s*/).map((part) => {
    const first = used;
    used += part.split('?').length - 1;
    return { sql: part, parameters: parameters.slice(first, used) };
  });
}

async function recorded(
  sent: SentStatement[],
  work: () => Promise<unknown>,
  explain: (statement: SentStatement) => Promise<PlanStep[]>,
): Promise<PlanStep[]> {
  sent.length = 0;
  await work();
  const steps: PlanStep[] = [];
  for (const statement of sent.filter(({ sql }) => ON_OUR_TABLES.test(sql))) steps.push(...(await explain(statement)));
  return steps;
}

function addressOf(env: StoreEnvironment) {
  return {
    host: env['STORE_HOST'] ?? '',
    port: Number(env['STORE_PORT']),
    user: env['STORE_USER'] ?? '',
    password: env['STORE_PASSWORD'] ?? '',
    database: env['STORE_DB'] ?? '',
  };
}
