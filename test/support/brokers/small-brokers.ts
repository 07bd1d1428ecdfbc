import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../servers/find-program';
import type { BrokerKind } from './broker-kind';

function missingProgram(program: string): string | undefined {
  return findProgram(program) ? undefined : `${program} is not installed: run \`npm run services\``;
}

export const REDIS: BrokerKind = {
  name: 'redis',
  missing: () => missingProgram('redis-server'),
  serve: ({ folder, port }) => ({
    program: findProgram('redis-server')!,
    args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
  }),
};

export const NATS: BrokerKind = {
  name: 'nats',
  missing: () => missingProgram('nats-server'),
  serve: ({ port }) => ({ program: findProgram('nats-server')!, args: ['-a', '127.0.0.1', '-p', String(port)] }),
};

const MOSQUITTO_CONFIG = 'mosquitto.conf';

export const MOSQUITTO: BrokerKind = {
  name: 'mosquitto',
  missing: () => missingProgram('mosquitto'),
  prepare: ({ folder, port }) =>
    writeFile(
      join(folder, MOSQUITTO_CONFIG),
      `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n`,
    ),
  serve: ({ folder }) => ({ program: findProgram('mosquitto')!, args: ['-c', join(folder, MOSQUITTO_CONFIG)] }),
};
