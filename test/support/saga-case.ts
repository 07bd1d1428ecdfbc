import type { CoordinatorApi } from './coordinator-api';
import type { BranchCallRecord } from './fixture/call-log';
import type { FixtureService, Scripts } from './fixture/fixture-service';
import { step, transferSaga } from './fixture/transfer';
import type { Reply } from './http';
import { ended, observe, settled, type ObservedState } from './saga-state';
import type { Patience } from './until';

/** One saga under test: OUT, then IN, unless the row says otherwise. */
export class SagaCase {
  constructor(
    private readonly api: CoordinatorApi,
    private readonly busi: FixtureService,
    readonly gid: string,
  ) {}

  /** Scripts the services' answers to this saga. */
  answers(scripts: Scripts, reason?: string): void {
    this.busi.script(this.gid, scripts, reason);
  }

  /** URLs of a step at the fixture. */
  step(name: string, compensate?: string): Record<'action' | 'compensate', string> {
    return step(this.busi, name, compensate);
  }

  body(options: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    return transferSaga(this.busi, this.gid, options);
  }

  submit(options: Readonly<Record<string, unknown>> = {}): Promise<Reply> {
    return this.api.submit(this.body(options));
  }

  /** Submits and fails unless it is accepted. */
  async start(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const reply = await this.submit(options);
    if (reply.status !== 200) throw new Error(`submit of ${this.gid}: ${reply.status} ${reply.text}`);
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

  /** Waits for the n-th call, and then for the coordinator to have taken in its answer. */
  async settledAfter(calls: number): Promise<ObservedState> {
    await this.busi.received(this.gid, calls);
    return this.settled();
  }

  /** Lets the coordinator visit the saga now, and not when it is due. */
  async revisit(): Promise<void> {
    const reply = await this.api.post('resetNextCronTime', { gid: this.gid });
    if (reply.status !== 200) throw new Error(`revisit of ${this.gid}: ${reply.status} ${reply.text}`);
  }

  /** The calls so far, in order of arrival: `OUT[01 action]`. */
  get calls(): string[] {
    return this.busi.log.notation(this.gid);
  }

  get records(): readonly BranchCallRecord[] {
    return this.busi.calls(this.gid);
  }

  /** Milliseconds from the answer to one call until the arrival of the next. */
  get gaps(): number[] {
    return this.records.slice(1).map((call, index) => call.arrivedAt - (this.records[index]?.answeredAt ?? NaN));
  }
}
