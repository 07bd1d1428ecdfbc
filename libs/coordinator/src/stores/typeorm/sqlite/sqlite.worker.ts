import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { SharedRing } from './shared-ring';
import { SqliteWriter } from './sqlite-writer';
import { WriterDesk } from './writer-desk';
import type { WriterCall } from './writer-protocol';

/** What the thread is started with. */
export interface WriterData {
  readonly file: string;
  /** Most writes in one database transaction. */
  readonly maxBatch: number;
  /** Memory of the {@link SharedRing} that brings the writes. */
  readonly ring: SharedArrayBuffer;
}

/** The thread sleeps outside its event loop, which has work of Node's own from time to time. Batches and calls. */
const TURN_EVERY = 256;

/*
 * Entry of the writer thread. It sleeps only when there is nothing to do: whatever has arrived during a transaction is there
 * when it ends, and makes the next one. It sleeps on the ring's memory, as waking it by a message costs the main thread more
 * than all else that it does for a write.
 */
const port = parentPort!;
const { file, maxBatch, ring: memory } = workerData as WriterData;
const ring = SharedRing.of(memory);
const desk = new WriterDesk(new SqliteWriter(file), ring, maxBatch);
void work();

/** Ends with the thread. */
async function work(): Promise<never> {
  for (let done = 1; ; done += 1) {
    const reply = await desk.workOnce();
    if (reply) port.postMessage(reply);
    else if (ring.fallAsleep() && !acceptCalls()) ring.sleep();
    ring.stayAwake();
    acceptCalls();
    if (done % TURN_EVERY === 0) await nextTurn();
  }
}

/** Calls come by messages, before all writes that wait. @returns whether there were any */
function acceptCalls(): boolean {
  let received = receive();
  if (!received) return false;
  for (; received; received = receive()) desk.put(received.message);
  return true;
}

function receive(): { message: WriterCall } | undefined {
  return receiveMessageOnPort(port);
}
