import type { Cleanup } from '../support/cleanup';
import { runCommand } from '../support/command';
import { runDemo } from './demo';
import { parseOptions } from './options';

/** `npm run demo`: exits with 0 only if every story came to its end and no money was made or lost. */
async function demo(cleanup: Cleanup): Promise<number> {
  const startedAt = performance.now();
  try {
    const held = await runDemo(cleanup, parseOptions(process.argv.slice(2)));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(held ? `\nall of it held (${seconds} s)` : '\nsomething did not hold: see WRONG above');
    return held ? 0 : 1;
  } catch (error) {
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

void runCommand(demo);
