import { get, post, type Reply } from '../support/http';
import { ServerProcess } from '../support/server-process';
import type { TransferMode } from './modes';

/** Main file of the bank app after `npm run build:bank`. */
const SCRIPT = 'dist/apps/bank/apps/bank/src/main.js';

export type BankName = 'bank-a' | 'bank-b';

/** One effect on one account, as the bank shows it. */
export interface LedgerEntry {
  readonly gid: string;
  readonly branchId: string;
  readonly op: string;
  readonly account: string;
  readonly amountMinor: number;
  /** UTC, as ISO 8601. */
  readonly createTime: string;
}

/** A balance, as the bank shows it. */
export interface Account {
  readonly id: string;
  readonly balanceMinor: number;
  /** Part of the balance that is set aside. */
  readonly heldMinor: number;
}

/** Between accounts named `bank/account`. */
export interface TransferOrder {
  readonly mode: TransferMode;
  readonly from: `${BankName}/${string}`;
  readonly to: `${BankName}/${string}`;
  readonly amountMinor: number;
}

/** How a transfer is ordered. */
export interface TransferOptions {
  /** Whether the bank answers only when the transfer is done or undone. */
  readonly wait: boolean;
  /** Gid of the transfer, for those who have to know it before the bank answers. */
  readonly transferId?: string;
}

/** What the bank says of a transfer. */
export interface TransferReply {
  readonly gid: string;
  readonly status: 'accepted' | 'completed' | 'not-finished' | 'rolled-back';
}

/** A bank in a process of its own, which may be ended and started again on the same database. */
export class Bank {
  private process: ServerProcess | undefined;

  constructor(
    readonly name: BankName,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Starts it, on the port that it had before if it had one. */
  async start(): Promise<void> {
    const env = { ...this.env, BANK_NAME: this.name, HTTP_PORT: String(this.process?.port ?? 0), LOG_LEVEL: 'fatal' };
    this.process = await ServerProcess.start({ name: this.name, script: SCRIPT, env });
  }

  get databaseUrl(): string {
    return this.env['DATABASE_URL'] ?? '';
  }

  /** The process as it runs now. @throws Error before {@link start} */
  get server(): ServerProcess {
    if (!this.process) throw new Error(`${this.name} has not been started`);
    return this.process;
  }

  async transfer({ mode, ...order }: TransferOrder, options: TransferOptions): Promise<TransferReply> {
    const reply = await post(`${this.server.url}/transfers?mode=${mode}`, { ...order, ...options });
    const { gid, status } = (reply.json ?? {}) as Partial<TransferReply>;
    if (gid === undefined || status === undefined) throw unexpected(`${this.name} refused the transfer`, reply);
    return { gid, status };
  }

  /** @returns the effects of one transaction, or all, in the order in which they were made */
  ledger(gid?: string): Promise<LedgerEntry[]> {
    return this.list<LedgerEntry>(gid === undefined ? 'ledger' : `ledger?gid=${encodeURIComponent(gid)}`);
  }

  accounts(): Promise<Account[]> {
    return this.list<Account>('accounts');
  }

  /** Whatever state it is in. */
  async end(): Promise<void> {
    await this.process?.kill();
  }

  private async list<T>(path: string): Promise<T[]> {
    const reply = await get(`${this.server.url}/${path}`);
    if (reply.status !== 200 || !Array.isArray(reply.json)) throw unexpected(`GET /${path} of ${this.name}`, reply);
    return reply.json as T[];
  }
}

function unexpected(what: string, { status, text }: Reply): Error {
  return new Error(`${what}: ${status} ${text}`);
}
