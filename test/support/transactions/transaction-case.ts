import { isFinalStatus, type GlobalStatus } from '@nestjs-dtx/protocol';
import type { CoordinatorApi } from '../coordinator-api';
import type { BranchCallRecord } from '../fixture/call-log';
import type { FixtureService, Scripts } from '../fixture/fixture-service';
import { endpoint } from '../fixture/transfer';
import { ended, observe, settled, type ObservedState } from '../saga-state';
import { until, type Patience } from '../until';

/** How much of the future counts as "not due any more": clocks and the store's resolution may differ. Milliseconds. */
const MARGIN_MS = 300;

/** One transaction under test, with what its services are to answer and what was seen of it. */
export class TransactionCase {
  constructor(
    protected readonly api: CoordinatorApi,
    protected readonly busi: FixtureService,
    readonly gid: string,
  ) {}

  /** Scripts the services' answers to this transaction. */
  answers(scripts: Scripts, reason?: string): void {
    this.busi.script(this.gid, scripts, reason);
  }

  /** @returns URL of an endpoint, or the empty URL */
  url(name: string): string {
    return endpoint(this.busi, name);
  }

  state(): Promise<ObservedState> {
    return observe(this.api, this.gid);
  }

  settled(): Promise<ObservedState> {
    return settled(this.api, this.gid);
  }

  ended(patience?: Patience): Promise<ObservedState> {
    return ended(this.api, this.gid, patience);
  }

  /** The end without waiting for due times: the transaction is visited again as soon as it is left alone. */
  hurried(): Promise<ObservedState> {
    return until(`${this.gid} is finished, whatever it is due for`, async () => {
      const state = await this.settled();
      if (isFinalStatus(state.status as GlobalStatus)) return state;
      await this.revisit();
      return false;
    });
  }

  /** Waits for the n-th call, and then for the coordinator to have taken in its answer. */
  async settledAfter(calls: number): Promise<ObservedState> {
    await this.busi.received(this.gid, calls);
    return this.settled();
  }

  /** Lets the coordinator visit the transaction now, and not when it is due. */
  async revisit(): Promise<void> {
    const reply = await this.api.post('resetNextCronTime', { gid: this.gid });
    if (reply.status !== 200) throw new Error(`revisit of ${this.gid}: ${reply.status} ${reply.text}`);
  }

  /** Lets the coordinator visit the transaction before it is due, and waits until it has done so and put it off again. */
  async visitedEarly(): Promise<ObservedState> {
    await this.revisit();
    return until(`${this.gid} was visited`, async () => {
      const state = await this.settled();
      return Date.parse(state.transaction.next_cron_time ?? '') > Date.now() + MARGIN_MS && state;
    });
  }

  /** The calls so far, in order of arrival: `OUT[01 action]`. */
  get calls(): string[] {
    return this.busi.log.notation(this.gid);
  }

  get records(): readonly BranchCallRecord[] {
    return this.busi.calls(this.gid);
  }

  /** Those that the coordinator made: initiators tell where the coordinator is. */
  get serverRecords(): readonly BranchCallRecord[] {
    return this.records.filter(({ query }) => !('dtm' in query));
  }

  get serverCalls(): string[] {
    return this.serverRecords.map(({ endpoint: name, branchId, op }) => `${name}[${branchId} ${op}]`);
  }

  /** Milliseconds from the answer to one call until the arrival of the next. */
  get gaps(): number[] {
    return this.records.slice(1).map((call, index) => call.arrivedAt - (this.records[index]?.answeredAt ?? NaN));
  }

  /** Whether its services are called over gRPC. */
  protected get isGrpc(): boolean {
    return !this.busi.url.startsWith('http');
  }

  /** The coordinator's address, as SDKs know it: the base of its HTTP interface, or `host:port`. */
  protected get dtm(): string {
    return this.isGrpc ? (this.api.grpcAddress ?? '') : `${this.api.url}/api/dtmsvr`;
  }
}
