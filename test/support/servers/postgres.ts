import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { findProgram } from './find-program';
import { PASSWORD, type ServerCommand, type ServerHome, type ServerKind } from './server-kind';

const USER = 'dtx';

/** Fewer writes to disk, for tests that do not crash the server. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export const POSTGRES: ServerKind = {
  name: 'postgres',
  programs: ['postgres', 'initdb'],
  debianPackage: 'postgresql',
  user: USER,
  adminDatabase: 'postgres',
  stopSignal: 'SIGINT',
  // By SIGKILL the server could not give its shared memory back.
  abandonSignal: 'SIGQUIT',

  prepare: (home) => {
    const passwordFile = join(home.folder, 'password');
    writeFileSync(passwordFile, PASSWORD);
    const user = serverUser();
    if (user) for (const path of [home.folder, passwordFile]) chownSync(path, user.uid, user.gid);
    chmodSync(home.folder, 0o700);
    return command('initdb', [
      `--pgdata=${join(home.folder, 'data')}`,
      `--username=${USER}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ]);
  },

  serve: (home) =>
    command('postgres', [
      '-D',
      join(home.folder, 'data'),
      ...Object.entries(settingsOf(home)).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ]),

  connect: async ({ host, port, user, password }, database) => {
    const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 3000 });
    // The next query reports what broke the connection; without a listener it would end the process.
    client.on('error', () => {});
    await client.connect();
    return {
      query: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
      close: () => client.end(),
    };
  },

  drop: (database) => `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
};

function settingsOf({ folder, port, settings: { durable = true, engine } }: ServerHome) {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: '300',
    // Without it there is no XA.
    max_prepared_transactions: '100',
    ...(durable ? {} : FAST),
    ...engine,
  };
}

function command(name: string, args: readonly string[]): ServerCommand {
  const user = serverUser();
  return { program: findProgram(name) ?? name, args, ...(user && { user }) };
}

/** PostgreSQL refuses to run as root: then it runs as the user who owns nothing. */
function serverUser(): ServerCommand['user'] {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string): number => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
