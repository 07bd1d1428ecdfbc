import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { startCoordinator } from '@nestjs-dtx/coordinator';
import { naiveStoreOf } from '../store/naive-store';
import { endWithParent } from './end-with-parent';
import { ownEnvironment } from './environment';

/** The coordinator on a store as most would write it. */
async function main(): Promise<void> {
  endWithParent();
  Logger.overrideLogger(['fatal', 'error', 'warn']);
  const { app, url } = await startCoordinator({
    http: { host: '127.0.0.1', port: 0 },
    store: { driver: 'custom', store: naiveStoreOf(ownEnvironment()) },
  });
  app.enableShutdownHooks();
  console.log(`naive coordinator listening on ${url}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
