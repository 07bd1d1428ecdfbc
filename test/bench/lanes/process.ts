import type { Cleanup } from '../../support/cleanup';
import { ServerProcess } from '../../support/server-process';

/** Starts one of this folder's processes; it ends with the clean-up. @param script file name below `processes`, without extension */
export async function startProcess(
  cleanup: Cleanup,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const path = `dist/tools/test/bench/processes/${script}.js`;
  const server = await ServerProcess.start({ name: script, script: path, env });
  cleanup.add(() => server.kill());
  return server;
}
