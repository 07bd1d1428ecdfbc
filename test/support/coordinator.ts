import { ServerProcess } from './server-process';

/** Main file of the coordinator app after `npm run build:coordinator`. */
export const COORDINATOR_SCRIPT = 'dist/apps/coordinator/apps/coordinator/src/main.js';

/** Fast enough for tests in real time; everything else keeps its default. */
const PACE = {
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '0',
  TRANS_CRON_INTERVAL: '1',
  // Tests that leave calls hanging on purpose must not wait for them at the end.
  SHUTDOWN_TIMEOUT: '1',
  LOG_LEVEL: 'warn',
};

/** Starts the coordinator app on a free port. @param env overrides, as `STORE_DRIVER` and `DATA_DIR` */
export function startCoordinator(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  return ServerProcess.start({ name: 'coordinator', script: COORDINATOR_SCRIPT, env: { ...PACE, ...env } });
}

/** Starts the coordinator app where it is expected to stop by itself. */
export function launchCoordinator(env: Readonly<Record<string, string>>): ServerProcess {
  return ServerProcess.launch({ name: 'coordinator', script: COORDINATOR_SCRIPT, env: { ...PACE, ...env } });
}
