import { parseBranchRegistration, parseTransactionRequest, type TransactionRequest } from '@nestjs-dtx/protocol';
import { ManualClock, type ScriptedService } from '@nestjs-dtx/testing';
import { composeCoordinator, type CoordinatorParts } from './coordinator.composition';
import type { CoordinatorOptions } from './coordinator.options';
import { DEFAULT_SETTINGS, type CoordinatorSettings } from './coordinator.settings';
import { MemoryStore } from './stores/memory/memory-store';
import type { TransactionWithBranches } from './stores/records';
import type { TransactionStore } from './stores/transaction-store';

/** What a test changes about its coordinator. */
export interface RigOptions {
  readonly settings?: Partial<CoordinatorSettings>;
  /** Shared by several coordinators, if given. */
  readonly store?: TransactionStore;
  readonly clock?: CoordinatorOptions['clock'];
}

/**
 * A coordinator without its frame: wired as in production, on a store in memory and a clock that the test moves. No timer
 * runs, so scans and renewals happen when the test says so.
 */
export class CoordinatorRig {
  readonly parts: CoordinatorParts;

  private constructor(
    readonly store: TransactionStore,
    readonly clock: ManualClock,
    options: RigOptions,
  ) {
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.parts = composeCoordinator(store, settings, {
      http: { host: '127.0.0.1', port: 0 },
      store: { driver: 'custom', store },
      clock: options.clock ?? clock,
    });
  }

  static create(options: RigOptions = {}): CoordinatorRig {
    const clock = new ManualClock();
    return new CoordinatorRig(options.store ?? new MemoryStore(() => clock.now()), clock, options);
  }

  /** What `POST /submit` does with this body. */
  submit(body: object) {
    return this.parts.transactions.submit(request(body));
  }

  prepare(body: object): Promise<void> {
    return this.parts.transactions.prepare(request(body));
  }

  /** What `POST /registerBranch` does with these fields. */
  register(fields: Readonly<Record<string, string>>): Promise<void> {
    return this.parts.transactions.registerBranch(parseBranchRegistration(fields, DEFAULT_SETTINGS.limits));
  }

  /** Moves the clock to the next visit and makes it, to the end of its pass. @throws Error when there is none */
  async visit(gid: string): Promise<void> {
    const dueInMs = await this.dueInMs(gid);
    if (dueInMs === null) throw new Error(`${gid} is not visited any more`);
    this.clock.advance(Math.max(dueInMs, 0));
    await this.scan();
    await this.idle();
  }

  /** One scan, as the scheduler makes it. @returns how many transactions were started */
  scan(): Promise<number> {
    return this.parts.recovery.runOnce();
  }

  /** Waits until no transaction runs here. */
  idle(): Promise<void> {
    return this.parts.admission.empty();
  }

  /** @throws Error when there is no such transaction */
  async read(gid: string): Promise<TransactionWithBranches> {
    const found = await this.store.find(gid);
    if (!found) throw new Error(`no transaction ${gid}`);
    return found;
  }

  /** Status of the transaction and of its rows: `submitted P S P P`. */
  async state(gid: string): Promise<string> {
    const { transaction, branches } = await this.read(gid);
    return [transaction.status, ...branches.map(({ status }) => status[0]!.toUpperCase())].join(' ');
  }

  /** Milliseconds until the next visit, by the clock of this rig; `null` if there is none. */
  async dueInMs(gid: string): Promise<number | null> {
    const { transaction } = await this.read(gid);
    return transaction.nextCronTime === null ? null : transaction.nextCronTime - this.clock.now();
  }

  /** Ends all connections: call it after each test. */
  async close(): Promise<void> {
    this.parts.wakeUp.stop();
    const { transport, messages, alerts } = this.parts;
    await Promise.all([transport.close(), messages.close(), alerts?.close(0)]);
  }
}

/** Body of a saga with the steps `/out` and `/in` at the service, undone by `/out-undo` and `/in-undo`. */
export function sagaBody(service: ScriptedService, gid: string, more: object = {}): object {
  const step = (name: string) => ({ action: `${service.url}/${name}`, compensate: `${service.url}/${name}-undo` });
  return {
    gid,
    trans_type: 'saga',
    steps: [step('out'), step('in')],
    payloads: ['{"amount":30}', '{"amount":30}'],
    ...more,
  };
}

function request(body: object): TransactionRequest {
  return parseTransactionRequest(body, DEFAULT_SETTINGS.limits);
}
