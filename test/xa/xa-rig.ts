import {
  DtxClient,
  type BranchInfo,
  type XaDatabase,
  type XaHandled,
  type XaParticipant,
  type XaSession,
} from '@nestjs-dtx/client';
import { Flow } from '../flows/flow';
import type { Cleanup } from '../support/cleanup';
import { freshDatabase, type ServerName } from '../support/servers';
import { Accounts, move } from './accounts';

/** Results of a request for work. */
export const MOVED = { phase: 1, ran: true, value: 'moved' };
export const DUPLICATE = { phase: 1, ran: false, reason: 'duplicate' };

/** What an attempt to end a branch is rejected with: it is to be asked again, or a person has to look. */
export const ONGOING = { code: 'DTX_ONGOING' };
export const INCIDENT = { name: 'XaBranchError', code: 'DTX_XA_BRANCH' };

/** A real coordinator and a participant on a real database. Phase 2 is the test's to carry out, in any order. */
export class XaRig {
  readonly participant: XaParticipant;

  readonly flow: Flow;
  readonly client: DtxClient;
  readonly accounts: Accounts;

  constructor({ flow, client, accounts }: Pick<XaRig, 'flow' | 'client' | 'accounts'>) {
    this.flow = flow;
    this.client = client;
    this.accounts = accounts;
    this.participant = client.xaParticipant({ database: accounts.xa });
  }

  static async start(cleanup: Cleanup, name: ServerName): Promise<XaRig> {
    const flow = await Flow.start(cleanup);
    const client = new DtxClient({ coordinator: flow.coordinator.url });
    cleanup.add(() => client.close());
    return new XaRig({ flow, client, accounts: await Accounts.create(cleanup, await freshDatabase(cleanup, name)) });
  }

  /** A participant whose sessions for work behave as the test needs it. */
  participantWith(wrap: (session: XaSession) => XaSession): XaParticipant {
    const { xa } = this.accounts;
    const database: XaDatabase = { ...xa, open: async () => wrap(await xa.open()) };
    return this.client.xaParticipant({ database });
  }

  /** A new prepared transaction with its first branch, of which nobody has heard yet. */
  async branch(): Promise<BranchCase> {
    const gid = await this.accounts.open();
    const prepared = await this.flow.api.prepare({ gid, trans_type: 'xa' });
    if (prepared.status !== 200) throw new Error(prepared.text);
    return new BranchCase(this, gid);
  }
}

/** One branch of one transaction. */
export class BranchCase {
  readonly info: BranchInfo;
  readonly xid: string;

  constructor(
    private readonly rig: XaRig,
    readonly gid: string,
  ) {
    // The coordinator has nothing to call.
    this.info = { transType: 'xa', gid, branchId: '01', op: 'action', phase2Url: '' };
    this.xid = `${gid}-01`;
  }

  readonly business = async (session: XaSession): Promise<string> => {
    await move(session, this.gid, -30);
    return 'moved';
  };

  /** The request for work, as it comes from an initiator. */
  work(participant: XaParticipant = this.rig.participant): Promise<XaHandled<string>> {
    return participant.handle(this.info, this.business);
  }

  commit(): Promise<void> {
    return this.rig.participant.commit(this.info);
  }

  rollback(): Promise<void> {
    return this.rig.participant.rollback(this.info);
  }

  /** What is committed. */
  moved(): Promise<number> {
    return this.rig.accounts.moved(this.gid);
  }

  isPrepared(): Promise<boolean> {
    return this.rig.accounts.isPrepared(this.xid);
  }

  /** The initiator's decision. */
  async decide(command: 'submit' | 'abort' | 'forceStop'): Promise<void> {
    const reply = await this.rig.flow.api.post(command, { gid: this.gid, trans_type: 'xa' });
    if (reply.status !== 200) throw new Error(reply.text);
  }

  /** Rows at the coordinator. */
  async registered(): Promise<string[]> {
    const { branches } = await this.rig.flow.api.query(this.gid);
    return branches.map(({ branch_id: id, op }) => `${id} ${op}`);
  }
}
