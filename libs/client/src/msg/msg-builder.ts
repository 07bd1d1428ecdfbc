import { InvalidRequestError } from '@nestjs-dtx/protocol';
import { Barrier } from '../barrier/barrier';
import type { InTransaction } from '../barrier/barrier-cleaner';
import type { BarrierInfo } from '../barrier/barrier-info';
import type { BarrierOptions } from '../barrier/barrier-table';
import type { SqlExecutor } from '../barrier/sql-executor';
import { checkText, urlOfHandler, urlOfPlace } from '../transactions/branch-url';
import { checkRequest } from '../transactions/check-request';
import type { Initiator } from '../transactions/initiator';
import { optionalPayloadBody, type OptionalPayload, type PayloadBody } from '../transactions/payload';
import { prepareTransaction } from '../transactions/prepare';
import { submitTransaction, type SubmittedTransaction } from '../transactions/submit';
import { TransactionBuilder } from '../transactions/transaction-builder';
import { doAndSubmit, type CheckedMsgRequest } from './do-and-submit';
import type { MsgRequest } from './msg-request';
import { submitPrepared } from './submit-prepared';

/** Where the local transaction of a message runs. */
export interface LocalDatabase extends BarrierOptions {
  readonly inTransaction: InTransaction;
}

/** Scheme of topics (spec 5.4). */
const TOPIC_SCHEME = 'topic://';

/**
 * Builds one 2-phase message (spec 5.4): delivered to every receiver, in sequence unless {@link concurrent} is set, and
 * repeated until each has succeeded; a receiver may not refuse. With {@link doAndSubmit} it is delivered if and only if a
 * local transaction commits.
 */
export class MsgBuilder extends TransactionBuilder {
  private readonly steps: { action: string }[] = [];
  private readonly payloads: PayloadBody[] = [];
  private isConcurrent = false;
  private delaySeconds = 0;
  private sent = false;
  private prepared = false;

  /** @throws InvalidRequestError for a gid that cannot be stored */
  constructor(
    gid: string,
    private readonly initiator: Initiator,
  ) {
    super(gid);
  }

  /**
   * Adds a receiver by the name of a registered handler.
   *
   * @param name `service/handler`
   * @param payload sent as JSON
   * @throws InvalidRequestError naming the step
   */
  step(name: string, ...payload: OptionalPayload): this {
    return this.add(urlOfHandler(name, `steps[${this.steps.length}].name`), ...payload);
  }

  /**
   * Adds a receiver by its URL, `http(s)://…` or `svc://service/handler`.
   *
   * @throws InvalidRequestError naming the step
   */
  add(action: string, ...payload: OptionalPayload): this {
    this.refuseIfFixed();
    const step = this.steps.length;
    checkText(action, `steps[${step}].action`);
    const body = optionalPayloadBody(payload, `payloads[${step}]`);
    this.steps.push({ action });
    this.payloads.push(body);
    return this;
  }

  /**
   * Adds everybody who has subscribed to the topic when the message is prepared, or submitted without that.
   *
   * @throws InvalidRequestError naming the step
   */
  topic(name: string, ...payload: OptionalPayload): this {
    if (checkText(name, 'topic') === '') throw new InvalidRequestError('topic', 'must not be empty');
    return this.add(TOPIC_SCHEME + name, ...payload);
  }

  /** Delivers the message not before so many seconds have passed. */
  delay(seconds: number): this {
    this.refuseIfFixed();
    this.delaySeconds = seconds;
    return this;
  }

  /** Calls all receivers at once. */
  concurrent(concurrent = true): this {
    this.refuseIfFixed();
    this.isConcurrent = concurrent;
    return this;
  }

  /**
   * @param queryPrepared check-back, if the message is prepared first
   * @returns the request as it would be sent now
   * @throws InvalidRequestError naming the first wrong field
   */
  toRequest(queryPrepared?: string): MsgRequest {
    const { gid, steps, payloads, options, delaySeconds } = this;
    if (steps.length === 0) throw new InvalidRequestError('steps', 'must hold at least one step');
    if (!Number.isFinite(delaySeconds) || delaySeconds < 0) {
      throw new InvalidRequestError('delay', 'must be a number of seconds from 0');
    }
    return checkRequest({
      gid,
      trans_type: 'msg',
      steps: steps.map((step) => ({ ...step })),
      payloads: [...payloads],
      ...(queryPrepared !== undefined && { query_prepared: urlOfPlace(queryPrepared, 'queryPrepared') }),
      ...(delaySeconds > 0 && { custom_data: JSON.stringify({ delay: delaySeconds }) }),
      ...(this.isConcurrent && { concurrent: true }),
      ...options,
    });
  }

  /**
   * Sends the message, or releases one that was prepared by {@link prepare}. When it resolves the coordinator has it durably;
   * with {@link waitResult}, every receiver has succeeded.
   *
   * @throws InvalidRequestError before anything is sent
   * @throws TransactionFailedError it was prepared, and aborted or checked back as not committed
   * @throws NotFinishedError with {@link waitResult}: it goes on
   * @throws CoordinatorRefusedError, CoordinatorUnreachableError
   */
  async submit(): Promise<SubmittedTransaction> {
    const request = this.toRequest();
    this.sent = true;
    await (this.prepared ? submitPrepared : submitTransaction)(this.initiator.api, request);
    return { gid: this.gid };
  }

  /**
   * Lets the coordinator keep the message until {@link submit}. Without one it asks, after {@link timeoutToFail}, whether the
   * local transaction was committed. Mostly {@link doAndSubmit} is what you want.
   *
   * @param queryPrepared check-back: `service/handler`, or a URL
   * @throws TransactionFailedError, CoordinatorRefusedError, CoordinatorUnreachableError, InvalidRequestError
   */
  async prepare(queryPrepared: string): Promise<void> {
    const request = this.toRequest(queryPrepared);
    this.sent = true;
    await prepareTransaction(this.initiator.api, request);
    this.prepared = true;
  }

  /**
   * Sends the message if and only if a local transaction commits (spec 9.3).
   *
   * @param queryPrepared check-back: `service/handler`, or a URL
   * @param local commits a local transaction that runs through `new Barrier(info, …).call`, with the table of the check-back
   * @returns what `local` returns
   * @throws what `local` throws. A business refusal (code `DTX_FAILURE`) drops the message at once; after any other error
   * the check-back decides, so that a commit whose answer was lost is delivered although this throws
   * @throws BarrierDuplicatedError by the barrier: the message was committed before, or is checked back as not committed
   * @throws TransactionFailedError, CoordinatorRefusedError, CoordinatorUnreachableError by prepare: `local` was not run
   * @throws CoordinatorUnreachableError by submit: the local transaction is committed, and the coordinator finds that out by
   * the check-back; nothing is lost
   */
  async doAndSubmit<T>(queryPrepared: string, local: (info: BarrierInfo) => Promise<T>): Promise<T> {
    const request = this.toRequest(queryPrepared) as CheckedMsgRequest;
    this.sent = true;
    return doAndSubmit(this.initiator, request, local);
  }

  /**
   * {@link doAndSubmit} with a local transaction that is opened and ended here.
   *
   * @param work writes through the executor, in the transaction that also holds the message's barrier row
   */
  async doAndSubmitDb<T>(
    queryPrepared: string,
    { inTransaction, ...barrierOptions }: LocalDatabase,
    work: (executor: SqlExecutor) => Promise<T>,
  ): Promise<T> {
    return this.doAndSubmit(queryPrepared, (info) => {
      const barrier = new Barrier(info, barrierOptions);
      return inTransaction(async (executor) => {
        const result = await barrier.call(executor, () => work(executor));
        // A message that must not commit is an error of the barrier, so this is the only other case.
        if (!result.ran) throw new Error(`the barrier of a message skipped its work: ${result.reason}`);
        return result.value;
      });
    });
  }

  protected override get isFixed(): boolean {
    return this.sent;
  }

  protected override get type(): string {
    return 'msg';
  }
}
