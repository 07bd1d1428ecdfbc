import {
  branchInfoFrom,
  branchResponse,
  BranchFailureError,
  type DtxClient,
  type XaParticipant,
} from '@nestjs-dtx/client';
import { ScriptedService, type ReceivedCall, type ServiceAnswer } from '@nestjs-dtx/testing';
import type { Cleanup } from '../support/cleanup';
import { move, type Accounts } from './accounts';

/** A service that takes part in xa transactions over HTTP, without any framework. `/withdraw`, `/deposit`: `{"amount":…}`. */
export class XaBank {
  /** Called in the middle of the work, before it is prepared. */
  inTheMiddle: () => Promise<void> = () => Promise.resolve();
  private readonly participant: XaParticipant;

  private constructor(
    private readonly service: ScriptedService,
    client: DtxClient,
    readonly accounts: Accounts,
  ) {
    this.participant = client.xaParticipant({ database: accounts.xa });
    service.script = (call) => this.answer(call);
  }

  static async start(cleanup: Cleanup, client: DtxClient, accounts: Accounts): Promise<XaBank> {
    const service = await ScriptedService.start();
    cleanup.add(() => service.stop());
    return new XaBank(service, client, accounts);
  }

  url(name: 'withdraw' | 'deposit'): string {
    return `${this.service.url}/${name}`;
  }

  /** Requests of a transaction, as `path[branch op]`. */
  requests(gid: string): string[] {
    return this.service.calls
      .filter(({ query }) => query['gid'] === gid)
      .map(({ path, query }) => `${path.slice(1)}[${query['branch_id']} ${query['op']}]`);
  }

  private async answer(call: ReceivedCall): Promise<ServiceAnswer> {
    const { status, body } = await branchResponse(() => {
      const info = branchInfoFrom(call.query);
      return this.participant.handle(info, async (session) => {
        const { amount } = JSON.parse(call.body.toString()) as { amount: number };
        if (amount > 100) throw new BranchFailureError('no money');
        await move(session, info.gid, call.path === '/withdraw' ? -amount : amount);
        await this.inTheMiddle();
      });
    });
    return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  }
}
