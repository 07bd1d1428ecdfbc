import type { Cleanup } from '../support/cleanup';
import { launchCoordinator } from '../support/coordinator';

/** How a start ended that was refused. */
export interface RefusedStart {
  readonly code: number | null;
  /** Everything it printed. */
  readonly lines: readonly string[];
}

/** Starts a coordinator that ends by itself. */
export async function refusedStart(cleanup: Cleanup, env: Readonly<Record<string, string>>): Promise<RefusedStart> {
  const coordinator = launchCoordinator(env);
  cleanup.add(() => coordinator.kill());
  const { code } = await coordinator.exited;
  return { code, lines: coordinator.output.trim().split('\n') };
}
