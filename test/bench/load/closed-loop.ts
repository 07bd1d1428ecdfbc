import { PAUSE_MS, type Operation } from './operation';
import { Recorder } from './recorder';
import type { Tally } from './tally';

/** So many clients, each of which starts its next saga when its last one is finished. @param clients one operation each */
export async function closedLoop(clients: readonly Operation[], seconds: number): Promise<Tally> {
  const recorder = new Recorder(seconds);
  await Promise.all(clients.map((client) => new Promise<void>((resolve) => follow(client, recorder, resolve))));
  return recorder.tally();
}

function follow(operation: Operation, recorder: Recorder, resolve: () => void): void {
  let startedAt = performance.now();
  const done = (problem?: string): void => {
    const now = performance.now();
    if (problem === undefined) recorder.succeeded(startedAt, now);
    else recorder.failed(problem);
    if (recorder.isOver(now)) return resolve();
    startedAt = now;
    if (problem === undefined) operation(done);
    else setTimeout(() => operation(done), PAUSE_MS);
  };
  operation(done);
}
