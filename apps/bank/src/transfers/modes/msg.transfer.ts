import {
  BadRequestException,
  ConflictException,
  Inject,
  Injectable,
  ServiceUnavailableException,
} from '@nestjs/common';
import { DtxClient, DtxMessages } from 'nestjs-dtx';
import { AccountsService } from '../../accounts/accounts.service';
import { BankConfig } from '../../config/bank.config';
import type { Address, TransferMaker, TransferOrder } from './transfer-order';

/** Of the question whether an account can take money. */
const TARGET_TIMEOUT_MS = 3000;

/**
 * This bank withdraws in a transaction of its own, together with the promise of a message; the other bank is told until it
 * has paid in. Half of the calls of a saga, but **no way back**: the deposit cannot refuse, so it is asked about before.
 */
@Injectable()
export class MsgTransfer implements TransferMaker {
  constructor(
    private readonly dtx: DtxClient,
    private readonly messages: DtxMessages,
    private readonly accounts: AccountsService,
    @Inject(BankConfig) private readonly config: BankConfig,
  ) {}

  /** @throws BadRequestException when the money is not here, ConflictException when the target cannot take any */
  async make({ gid, source, target, amountMinor, wait }: TransferOrder): Promise<void> {
    if (source.bank !== this.config.BANK_NAME) {
      throw new BadRequestException([`from must be ${this.config.BANK_NAME}/…: the sender of a message pays itself`]);
    }
    await this.checkTarget(target);
    const message = this.dtx
      .msg(gid)
      .step(`${target.bank}/deposit-msg`, { account: target.account, amountMinor })
      .waitResult(wait);
    await this.messages.doAndSubmit(message, (manager, branch) =>
      this.accounts.apply(manager, { account: source.account, amountMinor: -amountMinor, branch }),
    );
  }

  /** An account may still be frozen after that, and gets its money all the same. */
  private async checkTarget({ bank, account }: Address): Promise<void> {
    const handler = await this.dtx.resolve(`${bank}/deposit-msg`, 'action');
    const answer = await ask(new URL(`/accounts/${encodeURIComponent(account)}`, handler));
    if (answer?.status === 404) throw new ConflictException('no such account');
    if (!answer?.ok)
      throw new ServiceUnavailableException(`${bank} cannot be asked about its account: try again later`);
    const { frozen } = (await answer.json()) as { frozen: boolean };
    if (frozen) throw new ConflictException('account is frozen');
  }
}

/** @returns the answer, undefined if there is none in time. */
async function ask(url: URL): Promise<Response | undefined> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(TARGET_TIMEOUT_MS) });
  } catch {
    return undefined;
  }
}
