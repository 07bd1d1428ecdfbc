import { constants } from 'node:os';
import { Cleanup } from './cleanup';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a command line tool and exits with its code. What it started is ended on every way out: at its end, after an error
 * (code 1), and when it is interrupted (128 + signal, as shells count).
 */
export async function runCommand(work: (cleanup: Cleanup) => Promise<number>): Promise<void> {
  const cleanup = new Cleanup();
  let interrupted = false;
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      interrupted = true;
      void end(cleanup, 128 + constants.signals[signal]);
    });
  }
  let code = 1;
  try {
    code = await work(cleanup);
  } catch (error) {
    // After an interrupt this is only the work noticing that its processes are gone.
    if (!interrupted) console.error(error);
  }
  if (!interrupted) await end(cleanup, code);
}

async function end(cleanup: Cleanup, code: number): Promise<void> {
  try {
    await cleanup.run();
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
  process.exit(code);
}
