import { ServerProcess, type ServerOptions } from './server-process';

/** Main file of the coordinator app after `npm run build:coordinator`. */
export const COORDINATOR_SCRIPT = 'dist/apps/coordinator/apps/coordinator/src/main.js';

/** Options that `npm start` gives to Node. */
export const SHIPPED_NODE_OPTIONS = ['--max-semi-space-size=64', '--single-threaded-gc'];

/** Fast enough for tests in real time; everything else keeps its default. */
const PACE = {
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: '0',
  GRPC_PORT: '0',
  TRANS_CRON_INTERVAL: '1',
  // Tests that leave calls hanging on purpose must not wait for them at the end.
  SHUTDOWN_TIMEOUT: '1',
  LOG_LEVEL: 'warn',
};

/** Starts the coordinator app on a free port. @param env overrides, as `STORE_DRIVER` and `DATA_DIR` */
export function startCoordinator(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  return ServerProcess.start(optionsOf(env));
}

/** Starts the coordinator app where it is expected to stop by itself. */
export function launchCoordinator(env: Readonly<Record<string, string>>): ServerProcess {
  return ServerProcess.launch(optionsOf(env));
}

function optionsOf(env: Readonly<Record<string, string>>): ServerOptions {
  return {
    name: 'coordinator',
    script: COORDINATOR_SCRIPT,
    nodeOptions: SHIPPED_NODE_OPTIONS,
    env: { ...PACE, ...env },
  };
}
