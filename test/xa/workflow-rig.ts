import { DtxClient, type WorkflowContext } from '@nestjs-dtx/client';
import { MortalLink } from '@nestjs-dtx/testing';
import type { Cleanup } from '../support/cleanup';
import type { ServerName } from '../support/servers';
import { XaRig } from './xa-rig';

/** A workflow's function, as the tests register it. */
export type Transfer = (wf: WorkflowContext) => Promise<unknown>;

/** What has not ended by then never will. */
const MOST_VISITS = 5;
/** The workflow has to be resumed by the test itself. Seconds. */
const LATER = 3600;
/** So long the client of a dead process tries to reach its coordinator. */
const AGONY_MS = 2000;

/** Processes that run one workflow with xa branches in a real database. */
export class XaWorkflowRig {
  private constructor(readonly rig: XaRig) {}

  static async start(cleanup: Cleanup, name: ServerName): Promise<XaWorkflowRig> {
    return new XaWorkflowRig(await XaRig.start(cleanup, name));
  }

  /** Opens an account for each branch. @returns the gid */
  async open(...branches: readonly string[]): Promise<string> {
    const gid = await this.rig.accounts.open();
    for (const branch of branches) await this.rig.accounts.open(`${gid}/${branch}`);
    return gid;
  }

  /**
   * One attempt by a process that starts the workflow.
   *
   * @param moments that it lives through: two for each write to the coordinator, before it arrives and before its answer is
   * back; more than there are mean a long life
   * @returns whether it has died, and what its caller got
   */
  async attempt(gid: string, transfer: Transfer, moments = 1000): Promise<{ died: boolean; outcome: unknown }> {
    const link = await MortalLink.start(this.rig.flow.coordinator.url, moments);
    const dying = new DtxClient({ coordinator: link.url, timeoutMs: AGONY_MS });
    const outcome = await inProcess(dying, transfer, (client) =>
      client
        .workflow('transfer', gid)
        .retryInterval(LATER)
        .execute()
        .catch((error: unknown) => error),
    );
    await link.stop();
    return { died: link.isDead, outcome };
  }

  /** What the coordinator's callback does in another process. @returns the status of its answer */
  async resume(gid: string, transfer: Transfer): Promise<number> {
    const fresh = new DtxClient({ coordinator: this.rig.flow.coordinator.url });
    const { status } = await inProcess(fresh, transfer, (client) => client.workflows.resume('transfer', gid));
    return status;
  }

  /** The same as often as the coordinator calls back: until there is an end. A call that met a standstill of the machine has none yet. */
  async resumeToItsEnd(gid: string, transfer: Transfer): Promise<number> {
    for (let visit = 1; visit < MOST_VISITS; visit += 1) {
      const status = await this.resume(gid, transfer);
      if (status !== 425) return status;
    }
    return this.resume(gid, transfer);
  }

  /** What is left of it: how it ended, what each account has moved, and what is still prepared. */
  async state(gid: string, ...branches: readonly string[]) {
    const { transaction } = await this.rig.client.query(gid);
    const moved = await Promise.all(branches.map((branch) => this.rig.accounts.moved(`${gid}/${branch}`)));
    return { status: transaction?.status, moved, prepared: await this.prepared(gid) };
  }

  async prepared(gid: string): Promise<string[]> {
    const all = await this.rig.accounts.prepared();
    return all.filter((xid) => xid.startsWith(`${gid}-`)).map((xid) => xid.slice(gid.length + 1));
  }
}

async function inProcess<T>(client: DtxClient, transfer: Transfer, work: (client: DtxClient) => Promise<T>) {
  client.workflows.register('transfer', transfer, { callback: 'http://127.0.0.1:9/resume' });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
