import 'reflect-metadata';
import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BankModule } from './bank.module';
import { ConfigError, loadConfig } from './config/load-config';

/** Each level includes those before it; Nest calls `info` "log". */
const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];

async function main(): Promise<void> {
  const config = loadConfig();
  const level = config.LOG_LEVEL === 'info' ? 'log' : config.LOG_LEVEL;
  const app = await NestFactory.create<NestFastifyApplication>(BankModule.forRoot(config), new FastifyAdapter(), {
    logger: LEVELS.slice(0, LEVELS.indexOf(level) + 1),
    abortOnError: false,
    return503OnClosing: true,
  });
  app.enableShutdownHooks();
  await app.listen(config.HTTP_PORT, '127.0.0.1');
  console.log(`${config.BANK_NAME} listening on ${await app.getUrl()}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? `bank: ${error.message}` : error);
  process.exit(1);
});
