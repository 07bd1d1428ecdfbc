import { CoordinatorApi } from '../support/coordinator-api';
import type { Cleanup } from '../support/cleanup';
import type { FixtureService } from '../support/fixture/fixture-service';
import { freePort } from '../support/free-port';
import type { Accounts } from '../support/participant/accounts';
import type { ServerProcess } from '../support/server-process';
import type { StoreEngine } from '../support/store-engine';
import { SagaCase } from '../support/saga-case';
import { overHttp, overJsonRpc, type CommandChannel } from '../support/transactions/command-channel';
import { MsgCase } from '../support/transactions/msg-case';
import { TccCase } from '../support/transactions/tcc-case';
import type { TransactionCase } from '../support/transactions/transaction-case';
import { WorkflowCase } from '../support/transactions/workflow-case';
import { XaCase } from '../support/transactions/xa-case';
import type { Participants } from './participants';
import { startInTurn } from './start-in-turn';

/** What all rows of one engine share. */
export interface Surroundings {
  readonly engine: StoreEngine;
  readonly coordinator: ServerProcess;
  readonly busi: FixtureService;
  readonly participants: Participants;
  readonly cleanup: Cleanup;
}

/** What one row works with. Its transactions have gids of their own, so rows do not see each other. */
export class RowContext {
  readonly api: CoordinatorApi;
  /** The row's main transaction. */
  readonly saga: SagaCase;
  private count = 0;

  constructor(
    private readonly id: string,
    private readonly surroundings: Surroundings,
    coordinator = surroundings.coordinator,
  ) {
    this.api = new CoordinatorApi(coordinator.url);
    this.saga = this.newSaga();
  }

  get busi(): FixtureService {
    return this.surroundings.busi;
  }

  /** A further transaction of the same row. */
  newSaga(): SagaCase {
    return new SagaCase(this.api, this.busi, this.newGid());
  }

  newMsg(channel?: CommandChannel): MsgCase {
    return new MsgCase(this.api, this.busi, this.newGid(), channel);
  }

  newTcc(channel?: CommandChannel): TccCase {
    return new TccCase(this.api, this.busi, this.newGid(), channel);
  }

  /** @param suffix of the gid */
  newXa(suffix = '', channel?: CommandChannel): XaCase {
    return new XaCase(this.api, this.busi, this.newGid() + suffix, channel);
  }

  newWorkflow(): WorkflowCase {
    return new WorkflowCase(this.api, this.busi, this.newGid());
  }

  get jsonRpc(): CommandChannel {
    return overJsonRpc(this.api);
  }

  /** Commands to an address at which nobody listens. */
  async toNobody(): Promise<CommandChannel> {
    return overHttp(`http://127.0.0.1:${await freePort()}/api/dtmsvr`);
  }

  /** Opens accounts for a transaction. @param purpose `xa`: in a database that has it */
  async accountsOf(transaction: TransactionCase, purpose: 'barrier' | 'xa' = 'barrier'): Promise<Accounts> {
    const { participants, engine } = this.surroundings;
    const accounts = await participants.accounts(engine, purpose);
    await accounts.create(transaction.gid);
    return accounts;
  }

  /** Makes a store of the row's own. @returns the environment for {@link startOwn} */
  newStore(): Promise<Readonly<Record<string, string>>> {
    return this.surroundings.engine.create(this.surroundings.cleanup);
  }

  /** Starts a coordinator of the row's own. @param env a store of {@link newStore} and other settings */
  async startOwn(env: Readonly<Record<string, string>>): Promise<{ server: ServerProcess; context: RowContext }> {
    const server = await startInTurn(env);
    this.surroundings.cleanup.add(() => server.stop());
    return { server, context: new RowContext(this.id, this.surroundings, server) };
  }

  private newGid(): string {
    this.count += 1;
    return `${this.id}-${this.surroundings.engine.name}-${this.count}`;
  }
}
