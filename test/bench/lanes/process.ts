import type { Cleanup } from '../../support/cleanup';
import { SHIPPED_NODE_OPTIONS } from '../../support/coordinator';
import { ServerProcess } from '../../support/server-process';

/** Starts one of this folder's processes, with the same Node options as the coordinator; it ends with the clean-up. @param script file name below `processes`, without extension */
export async function startProcess(
  cleanup: Cleanup,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const path = `dist/tools/test/bench/processes/${script}.js`;
  const server = await ServerProcess.start({ name: script, script: path, nodeOptions: SHIPPED_NODE_OPTIONS, env });
  cleanup.add(() => server.kill());
  return server;
}
