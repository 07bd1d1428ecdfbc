import 'reflect-metadata';
import { Logger, type LogLevel } from '@nestjs/common';
import { startCoordinator } from '@nestjs-dtx/coordinator';
import { DtxError } from '@nestjs-dtx/protocol';
import { coordinatorOptions } from './config/coordinator-options';
import type { LogLevelName } from './config/coordinator.config';
import { loadConfig } from './config/load-config';

/** Each level includes those before it; Nest calls `info` "log". */
const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];

async function main(): Promise<void> {
  const config = loadConfig();
  Logger.overrideLogger(LEVELS.slice(0, LEVELS.indexOf(nestLevel(config.LOG_LEVEL)) + 1));
  const { app, url } = await startCoordinator(coordinatorOptions(config));
  app.enableShutdownHooks();
  const store = config.STORE_DRIVER === 'memory' ? 'in memory' : `in ${config.DATA_DIR}`;
  console.log(`coordinator listening on ${url} (transactions ${store})`);
}

const nestLevel = (name: LogLevelName): LogLevel => (name === 'info' ? 'log' : name);

main().catch((error: unknown) => {
  // What an operator can mend is told in one line; anything else is a defect, and its stack says where.
  console.error(error instanceof DtxError ? `coordinator: ${error.code}: ${error.message}` : error);
  process.exit(1);
});
