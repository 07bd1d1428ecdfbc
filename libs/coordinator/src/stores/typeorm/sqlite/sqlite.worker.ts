import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { SharedRing } from './shared-ring';
import { SqliteWriter } from './sqlite-writer';
import { WriterDesk } from './writer-desk';
import type { WriterRequest } from './writer-protocol';

/** What the thread is started with. */
export interface WriterData {
  readonly file: string;
  /** Most writes in one database transaction. */
  readonly maxBatch: number;
  /** Memory of the {@link SharedRing} that brings the writes. */
  readonly ring: SharedArrayBuffer;
}

/*
 * Entry of the writer thread. It sleeps only when there is nothing to do: whatever has arrived during a transaction is there
 * when it ends, and makes the next one.
 */
const port = parentPort!;
const { file, maxBatch, ring: memory } = workerData as WriterData;
const ring = SharedRing.of(memory);
const desk = new WriterDesk(new SqliteWriter(file), ring, maxBatch);
let isWorking = false;

port.on('message', (request: WriterRequest) => {
  accept(request);
  if (!isWorking) void work();
});

async function work(): Promise<void> {
  isWorking = true;
  ring.stayAwake();
  do {
    for (let reply = await desk.workOnce(); reply; reply = await desk.workOnce()) {
      port.postMessage(reply);
      acceptAll();
    }
  } while (!ring.fallAsleep());
  isWorking = false;
}

/** Calls that have arrived meanwhile: not when the event loop comes round to them, as they would wait for all writes there are. */
function acceptAll(): void {
  for (let received = receive(); received; received = receive()) accept(received.message);
}

function receive(): { message: WriterRequest } | undefined {
  return receiveMessageOnPort(port);
}

function accept(request: WriterRequest): void {
  if (request !== 'wake') desk.put(request);
}
