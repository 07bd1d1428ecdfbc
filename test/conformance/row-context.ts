import type { Cleanup } from '../support/cleanup';
import type { FixtureService } from '../support/fixture/fixture-service';
import { freePort } from '../support/free-port';
import type { Accounts } from '../support/participant/accounts';
import type { SagaCase } from '../support/saga-case';
import type { ServerProcess } from '../support/server-process';
import type { StoreEngine } from '../support/store-engine';
import { CaseFactory } from '../support/transactions/case-factory';
import { overGrpc } from '../support/transactions/grpc-channel';
import { overHttp, overJsonRpc, type CommandChannel } from '../support/transactions/command-channel';
import type { TransactionCase } from '../support/transactions/transaction-case';
import type { Participants } from '../support/participant/participants';
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
export class RowContext extends CaseFactory {
  /** The row's main transaction. */
  readonly saga: SagaCase;

  constructor(
    private readonly id: string,
    private readonly surroundings: Surroundings,
    private readonly coordinator = surroundings.coordinator,
  ) {
    super(coordinator, surroundings.busi, `${id}-${surroundings.engine.name}`);
    this.saga = this.newSaga();
  }

  /** `host:port` of the coordinator's gRPC interface. */
  get grpcAddress(): string {
    return this.coordinator.grpcAddress;
  }

  /** Transactions whose commands and calls travel over gRPC. @param channel another one for the commands */
  overGrpc(channel = overGrpc(this.grpcAddress)): CaseFactory {
    const { busi, engine } = this.surroundings;
    return new CaseFactory(this.coordinator, busi.overGrpc(), `${this.id}-${engine.name}-g`, channel);
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
}
