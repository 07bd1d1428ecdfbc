import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../servers/find-program';
import type { ServerCommand } from '../servers/server-kind';
import type { BrokerHome, BrokerKind } from './broker-kind';

/** The script itself: the one on PATH insists on a user of its own. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** Erlang's port mapper, which a broker would start and leave behind: it is given one of its own. */
function portMapper(port: number): Record<string, string> {
  return { ERL_EPMD_PORT: String(port), ERL_EPMD_ADDRESS: '127.0.0.1' };
}

function environment({ folder, port, otherPorts: [distribution, mapper] }: BrokerHome): Record<string, string> {
  return {
    ...portMapper(mapper),
    HOME: folder,
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`,
    RABBITMQ_NODENAME: `rabbit${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    // Its own process, instead of one behind a script that may be killed without it.
    RUNNING_UNDER_SYSTEMD: '1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
}

export const RABBITMQ: BrokerKind = {
  name: 'rabbitmq',
  missing: () =>
    findProgram('rabbitmq-server') ? undefined : 'rabbitmq-server is not installed: run `npm run services`',
  prepare: async ({ folder, port }) => {
    await writeFile(join(folder, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\n`);
    await writeFile(join(folder, 'enabled_plugins'), '[].');
  },
  helper: ({ otherPorts: [, mapper] }) => command(portMapper(mapper), 'epmd'),
  serve: (home) => command(environment(home), PROGRAM),
};

function command(variables: Readonly<Record<string, string>>, program: string): ServerCommand {
  const settings = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  return { program: '/usr/bin/env', args: [...settings, program] };
}
