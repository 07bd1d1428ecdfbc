import { Logger, type LogLevel } from '@nestjs/common';
import { startCoordinator } from '@nestjs-dtx/coordinator';
import { coordinatorOptions } from '../config/coordinator-options';
import type { CoordinatorConfig, LogLevelName } from '../config/coordinator.config';
import { storePlace } from '../config/store-options';

/** Each level includes those before it; Nest calls `info` "log". */
const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];

/** Starts a coordinator, which runs until the process is asked to end. @throws DtxError with what an operator can mend */
export async function serve(config: CoordinatorConfig, print: (line: string) => void): Promise<void> {
  Logger.overrideLogger(LEVELS.slice(0, LEVELS.indexOf(nestLevel(config.LOG_LEVEL)) + 1));
  const { app, url, grpcAddress } = await startCoordinator(coordinatorOptions(config));
  app.enableShutdownHooks();
  const grpc = grpcAddress === undefined ? '' : `and grpc://${grpcAddress} `;
  print(`coordinator listening on ${url} ${grpc}(transactions ${storePlace(config)})`);
}

const nestLevel = (name: LogLevelName): LogLevel => (name === 'info' ? 'log' : name);
