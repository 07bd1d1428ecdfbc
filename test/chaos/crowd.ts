import { send, type Reply } from '../support/http';
import { transferSaga } from '../support/fixture/transfer';
import { until } from '../support/until';
import type { Cluster, Member } from './cluster';

/** A client that hears nothing for so long asks another coordinator. Milliseconds. */
const CLIENT_TIMEOUT_MS = 1500;
/** Longer than any outage of a test. Milliseconds. */
const PERSISTENCE_MS = 60_000;

/** Answers that a client may get: accepted, known already (or not finished within its wait), come back later. */
const KNOWN = new Set([200, 409]);
const LATER = 503;

/** Many clients, none of which gives up: one without an answer sends the same saga to the next coordinator. */
export class Crowd {
  /** Sagas that a coordinator has answered for. */
  readonly acknowledged = new Set<string>();
  /** Answers that no client should ever get. */
  readonly surprises: string[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly size: number,
  ) {}

  /** All clients together submit these sagas. Resolves when every one of them is acknowledged. */
  async submitAll(gids: readonly string[]): Promise<void> {
    const queue = [...gids];
    const clients = Array.from({ length: this.size }, async (_, client) => {
      for (let gid = queue.shift(); gid !== undefined; gid = queue.shift()) await this.submit(gid, client);
    });
    await Promise.all(clients);
  }

  /** Every second client waits for the result, the others leave with the first word. */
  private async submit(gid: string, client: number): Promise<void> {
    const { members, busi } = this.cluster;
    const body = transferSaga(busi, gid, client % 2 === 0 ? { wait_result: true } : {});
    let next = client;
    await until(
      `${gid} is acknowledged`,
      async () => {
        const status = await statusOf(members[next++ % members.length], body);
        if (status !== undefined && status !== LATER && !KNOWN.has(status)) this.surprises.push(`${gid}: ${status}`);
        return status !== undefined && KNOWN.has(status);
      },
      { withinMs: PERSISTENCE_MS, everyMs: 50 },
    );
    this.acknowledged.add(gid);
  }
}

/** @returns the status of the answer, `undefined` when there is none */
async function statusOf(member: Member | undefined, body: unknown): Promise<number | undefined> {
  const reply = await patientSubmit(member, body).catch(() => undefined);
  return reply?.status;
}

function patientSubmit(member: Member | undefined, body: unknown): Promise<Reply> {
  return send('POST', `${member?.api.url}/api/dtmsvr/submit`, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
  });
}
