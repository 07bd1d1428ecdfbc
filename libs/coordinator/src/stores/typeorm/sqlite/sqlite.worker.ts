import { parentPort, workerData } from 'node:worker_threads';
import { SqliteWriter } from './sqlite-writer';
import { cloneError, type WriterReply, type WriterRequest } from './writer-protocol';

/** What the thread is started with. */
export interface WriterData {
  readonly file: string;
}

/*
 * Entry of the writer thread. Requests are carried out strictly one after the other: the connection has one transaction.
 */
const port = parentPort!;
const writer = new SqliteWriter((workerData as WriterData).file);
let tail: Promise<void> = Promise.resolve();

port.on('message', (request: WriterRequest) => {
  tail = tail.then(async () => port.postMessage(await carryOut(request)));
});

async function carryOut({ method, args }: WriterRequest): Promise<WriterReply> {
  try {
    const call = writer[method] as (...parameters: readonly unknown[]) => unknown;
    const value = await call.apply(writer, [...args]);
    return { value };
  } catch (error) {
    return { error: cloneError(error) };
  }
}
