import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { PROJECT_ROOT } from '../project-root';
import { findProgram } from '../servers/find-program';
import type { BrokerHome, BrokerKind } from './broker-kind';

/** Where `npm run services` puts the jars. */
const LIBRARIES = join(PROJECT_ROOT, 'node_modules/.cache/nestjs-dtx-kafka/lib');
const CONFIG = 'server.properties';

/** One node that is controller and broker. It makes topics when they are asked for, and lets consumers join at once. */
function properties({ folder, port, otherPorts: [controller] }: BrokerHome): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Quick to start, with the first of the compilers alone: whoever measures beside it measures no server that was tuned. */
const JAVA = ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-cp', join(LIBRARIES, '*')];

export const KAFKA: BrokerKind = {
  name: 'kafka',
  missing: () => {
    if (findProgram('java') === undefined) return 'java is not installed: run `npm run services`';
    const hasJars = existsSync(LIBRARIES) && readdirSync(LIBRARIES).some((name) => name.startsWith('kafka_'));
    return hasJars ? undefined : 'the libraries of Kafka are not there: run `npm run services`';
  },
  prepare: async (home) => {
    const config = join(home.folder, CONFIG);
    await writeFile(config, properties(home));
    const id = randomBytes(16).toString('base64url');
    const format = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', config];
    await promisify(execFile)('java', [...JAVA, ...format], { timeout: 60_000 });
  },
  serve: ({ folder }) => ({ program: 'java', args: [...JAVA, 'kafka.Kafka', join(folder, CONFIG)] }),
  check: async (port) => {
    const admin = new Kafka({
      brokers: [`127.0.0.1:${port}`],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    }).admin();
    try {
      await admin.connect();
      await admin.listTopics();
    } finally {
      await admin.disconnect();
    }
  },
};
