import { InvalidRequestError } from '@nestjs-dtx/protocol';
import { checkText, urlOfHandler } from '../transactions/branch-url';
import { optionalPayloadBody, type OptionalPayload, type PayloadBody } from '../transactions/payload';
import type { SubmittedTransaction } from '../transactions/submit';
import { TransactionBuilder } from '../transactions/transaction-builder';
import { checkSagaRequest, type SagaRequest } from './saga-request';

/** Sends a finished request. */
export type SagaSubmitter = (request: SagaRequest) => Promise<SubmittedTransaction>;

/**
 * Builds one saga (spec 5.1): steps with compensations, run in sequence unless {@link concurrent} is set. Once
 * submitted it is fixed: only the same submit may be repeated, which is safe, as the gid makes it the same transaction.
 */
export class SagaBuilder extends TransactionBuilder {
  private readonly steps: { action: string; compensate: string }[] = [];
  private readonly payloads: PayloadBody[] = [];
  private readonly orders = new Map<number, number[]>();
  private isConcurrent = false;
  private submitted: SagaRequest | undefined;

  /** @throws InvalidRequestError for a gid that cannot be stored */
  constructor(
    gid: string,
    private readonly submitter: SagaSubmitter,
  ) {
    super(gid);
  }

  /**
   * Adds a step by the name of a registered handler; its compensation is found by the same name.
   *
   * @param name `service/handler`
   * @param payload sent as JSON, bytes as they are, to action and compensation
   * @throws InvalidRequestError naming the step
   */
  step(name: string, ...payload: OptionalPayload): this {
    const url = urlOfHandler(name, `steps[${this.steps.length}].name`);
    return this.add(url, url, ...payload);
  }

  /**
   * Adds a step by URLs: `http(s)://…` or `svc://service/handler`. An empty one means that there is nothing to call.
   *
   * @throws InvalidRequestError naming the step
   */
  add(action: string, compensate: string, ...payload: OptionalPayload): this {
    this.refuseIfFixed();
    const step = this.steps.length;
    checkText(action, `steps[${step}].action`);
    checkText(compensate, `steps[${step}].compensate`);
    const body = optionalPayloadBody(payload, `payloads[${step}]`);
    this.steps.push({ action, compensate });
    this.payloads.push(body);
    return this;
  }

  /**
   * Lets a step start only after others have succeeded; compensations keep the reverse order. Useful with
   * {@link concurrent}: a sequential saga has its order already.
   *
   * @param step position of the step, from 0
   * @param before positions of the steps it waits for
   */
  order(step: number, before: readonly number[]): this {
    this.refuseIfFixed();
    this.orders.set(step, [...(this.orders.get(step) ?? []), ...before]);
    return this;
  }

  /** Starts all steps at once, except where {@link order} makes one wait. */
  concurrent(concurrent = true): this {
    this.refuseIfFixed();
    this.isConcurrent = concurrent;
    return this;
  }

  /** Rolls the saga back after so many immediate repeats of failing calls; without it they are repeated for ever (spec 5.1). */
  retryLimit(repeats: number): this {
    return this.set({ retry_limit: repeats });
  }

  /**
   * @returns the request as it would be sent now
   * @throws InvalidRequestError naming the first wrong field
   */
  toRequest(): SagaRequest {
    const { gid, steps, payloads, options } = this;
    const custom = this.customData();
    return checkSagaRequest({
      gid,
      trans_type: 'saga',
      steps: steps.map((step) => ({ ...step })),
      payloads: [...payloads],
      ...(custom !== undefined && { custom_data: custom }),
      ...(this.isConcurrent && { concurrent: true }),
      ...options,
    });
  }

  /**
   * Hands the saga to the coordinator. When it resolves, the coordinator has the saga durably and will complete or undo it;
   * with {@link waitResult}, all steps have succeeded.
   *
   * @throws InvalidRequestError before anything is sent
   * @throws TransactionFailedError the saga is or will be undone
   * @throws NotFinishedError with {@link waitResult}: it goes on, ask later
   * @throws CoordinatorRefusedError the coordinator has not taken it
   * @throws CoordinatorUnreachableError whether it has taken it is unknown: submit again
   */
  async submit(): Promise<SubmittedTransaction> {
    this.submitted ??= this.toRequest();
    return this.submitter(this.submitted);
  }

  protected override get isFixed(): boolean {
    return this.submitted !== undefined;
  }

  protected override get type(): string {
    return 'saga';
  }

  /** Absent for a plain sequence, so that such a request is the same for every coordinator there ever was. */
  private customData(): string | undefined {
    if (!this.isConcurrent && this.orders.size === 0) return undefined;
    for (const [step, before] of this.orders) {
      const unknown = [step, ...before].find((position) => !(position in this.steps));
      if (unknown !== undefined) {
        throw new InvalidRequestError(`orders[${step}]`, `names step ${unknown}; there are ${this.steps.length} steps`);
      }
    }
    const orders = this.orders.size === 0 ? {} : { orders: Object.fromEntries(this.orders) };
    return JSON.stringify({ concurrent: this.isConcurrent, ...orders });
  }
}
