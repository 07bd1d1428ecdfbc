import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { findProgram } from './find-program';
import { PASSWORD, type ServerHome, type ServerKind } from './server-kind';

const USER = 'dtx';

/** Fewer writes to disk, for tests that do not crash the server. */
const FAST = { innodb_flush_log_at_trx_commit: '0', innodb_flush_method: 'nosync', innodb_doublewrite: 'OFF' };

export const MARIADB: ServerKind = {
  name: 'mariadb',
  programs: ['mariadbd', 'mariadb-install-db'],
  debianPackage: 'mariadb-server',
  user: USER,
  adminDatabase: 'mysql',
  stopSignal: 'SIGTERM',
  abandonSignal: 'SIGKILL',

  prepare: (home) => {
    mkdirSync(temporaryFiles(home));
    // Read at every start of the server, so the account needs no client of its own.
    writeFileSync(accountFile(home), accountSql());
    return {
      program: program('mariadb-install-db'),
      args: [...common(home), '--auth-root-authentication-method=normal', '--skip-test-db'],
    };
  },

  serve: (home) => ({
    program: program('mariadbd'),
    args: [
      ...common(home),
      `--port=${home.port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(home.folder, 'socket')}`,
      `--pid-file=${join(home.folder, 'pid')}`,
      `--init-file=${accountFile(home)}`,
      '--skip-name-resolve',
      ...Object.entries(settingsOf(home)).map(([key, value]) => `--${key}=${value}`),
    ],
  }),

  connect: async ({ host, port, user, password }, database) => {
    const connection = await createConnection({ host, port, user, password, database, connectTimeout: 3000 });
    // The next query reports what broke the connection; without a listener it would end the process.
    connection.on('error', () => {});
    return {
      query: async (sql) => {
        const [rows] = await connection.query(sql);
        return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
      },
      close: () => connection.end(),
    };
  },

  drop: (database) => `DROP DATABASE IF EXISTS ${database}`,
};

/** Options that the set-up needs as well. No configuration of the machine must decide a test. */
function common(home: ServerHome): string[] {
  return [
    '--no-defaults',
    `--datadir=${join(home.folder, 'data')}`,
    `--tmpdir=${temporaryFiles(home)}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
}

/** A starting server removes all temporary tables that it finds, those of others as well. */
function temporaryFiles({ folder }: ServerHome): string {
  return join(folder, 'tmp');
}

function settingsOf({ settings: { durable = true, engine } }: ServerHome): Readonly<Record<string, string>> {
  return {
    character_set_server: 'utf8mb4',
    collation_server: 'utf8mb4_bin',
    innodb_buffer_pool_size: '128M',
    max_connections: '500',
    ...(durable ? { innodb_flush_log_at_trx_commit: '1' } : FAST),
    ...engine,
  };
}

function accountSql(): string {
  const account = `'${USER}'@'%'`;
  return [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${PASSWORD}';`,
    `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;\n`,
  ].join('\n');
}

function accountFile({ folder }: ServerHome): string {
  return join(folder, 'account.sql');
}

function program(name: string): string {
  return findProgram(name) ?? name;
}
