import { payload } from '../fixture/transfer';
import type { Reply } from '../http';
import { callBranch } from './branch-request';
import { command, type CommandChannel } from './command-channel';
import { TwoPhaseCase } from './two-phase-case';

/** Where the branches of a transaction belong. */
export interface TccScope {
  readonly gid: string;
  /** Base of the coordinator's HTTP interface, told to the services. */
  readonly dtm: string;
  readonly channel: CommandChannel;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One branch: where its three operations are, and what they are told. */
export interface TccBranch {
  readonly id: string;
  readonly try: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly data: string;
}

/** Registers a branch and then tries it. @throws CommandError, BranchError */
export async function callTccBranch({ gid, dtm, channel, headers }: TccScope, branch: TccBranch): Promise<void> {
  await command(channel, 'registerBranch', registration(gid, branch));
  const info = { dtm, gid, branch_id: branch.id, trans_type: 'tcc', op: 'try' };
  await callBranch({ url: branch.try, info, body: branch.data, ...(headers && { headers }) });
}

/** One TCC under test; a branch `OUT` has its `.conf` and `.rev`. */
export class TccCase extends TwoPhaseCase {
  protected readonly transType = 'tcc';

  branch(id: string, name: string, differences: Partial<TccBranch> = {}): TccBranch {
    const [confirm, cancel] = [`${name}.conf`, `${name}.rev`].map((each) => this.url(each)) as [string, string];
    return { id, try: this.url(name), confirm, cancel, data: payload(), ...differences };
  }

  register(branch: TccBranch): Promise<Reply> {
    return this.channel('registerBranch', registration(this.gid, branch));
  }

  registerBranch(id: string, name: string): Promise<Reply> {
    return this.register(this.branch(id, name));
  }

  /** Registers a branch and tries it. @throws CommandError, BranchError */
  call(branch: TccBranch): Promise<void> {
    const { gid, dtm, channel, branchHeaders: headers } = this;
    return callTccBranch({ gid, dtm, channel, headers }, branch);
  }

  protected reasonOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
  }
}

function registration(gid: string, { id, confirm, cancel, data }: TccBranch): Readonly<Record<string, string>> {
  return { gid, trans_type: 'tcc', branch_id: id, data, confirm, cancel };
}
