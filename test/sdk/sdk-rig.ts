import { DtxClient } from '@nestjs-dtx/client';
import type { BranchView } from '@nestjs-dtx/protocol';
import { Flow } from '../flows/flow';
import type { Cleanup } from '../support/cleanup';
import type { FixtureService } from '../support/fixture/fixture-service';
import { until } from '../support/until';

/** The framework-free client with a real coordinator and a service whose answers are scripted. */
export class SdkRig {
  private count = 0;

  private constructor(
    readonly flow: Flow,
    readonly client: DtxClient,
  ) {}

  static async start(cleanup: Cleanup): Promise<SdkRig> {
    const flow = await Flow.start(cleanup);
    const client = new DtxClient({ coordinator: flow.coordinator.url });
    cleanup.add(() => client.close());
    return new SdkRig(flow, client);
  }

  get busi(): FixtureService {
    return this.flow.busi;
  }

  newGid(name: string): string {
    this.count += 1;
    return `${name}-${this.count}`;
  }

  /** URLs of a tcc branch at the service. */
  tcc(name: string) {
    const { url } = this.busi;
    return { try: `${url}/${name}Try`, confirm: `${url}/${name}Confirm`, cancel: `${url}/${name}Cancel` };
  }

  /** What the service was asked for, in order. */
  calls(gid: string): string[] {
    return this.busi.log.notation(gid);
  }

  /** Waits for the status. @returns reason and branches, as `01 confirm succeed` */
  async reached(gid: string, status: string): Promise<{ readonly reason: string; readonly rows: readonly string[] }> {
    return until(`${gid} is ${status}`, async () => {
      const { transaction, branches } = await this.client.query(gid);
      if (transaction?.status !== status) return undefined;
      return { reason: transaction.rollback_reason ?? '', rows: branches.map(rowOf) };
    });
  }
}

function rowOf({ branch_id: id, op, status }: BranchView): string {
  return `${id} ${op} ${status}`;
}
