import { checkGid, InvalidRequestError } from '@nestjs-dtx/protocol';
import type { RequestOptions } from './request-options';

/**
 * What the builders of all types of transactions share: the gid and the options. Every method changes the builder and
 * returns it. Once the transaction was handed to the coordinator the builder is fixed.
 */
export abstract class OptionsBuilder {
  protected options: RequestOptions = {};

  /** @throws InvalidRequestError for a gid that cannot be stored */
  constructor(readonly gid: string) {
    checkGid(gid);
  }

  /** Seconds between tries of a branch that answers ongoing; after an error twice that, doubling (spec 6.2, 6.3). */
  retryInterval(seconds: number): this {
    return this.set({ retry_interval: seconds });
  }

  /** Seconds that one call of a branch may take. */
  requestTimeout(seconds: number): this {
    return this.set({ request_timeout: seconds });
  }

  /** Headers sent with every call of a branch, added to those set before. */
  branchHeaders(headers: Readonly<Record<string, string>>): this {
    return this.set({ branch_headers: { ...this.options.branch_headers, ...headers } });
  }

  /** Leaves the transaction to a person after so many failed calls in a row; without it they are repeated for ever. */
  maxAttempts(calls: number): this {
    return this.set({ max_attempts: calls });
  }

  /** Calls this URL when the transaction has ended, at least once, with its final status. */
  onComplete(url: string): this {
    return this.set({ on_complete: url });
  }

  /** Something by which people find the transaction, such as the number of an order. It need not be unique. */
  businessKey(key: string): this {
    return this.set({ business_key: key });
  }

  protected set(options: RequestOptions): this {
    this.refuseIfFixed();
    this.options = { ...this.options, ...options };
    return this;
  }

  /** @throws InvalidRequestError when the transaction was handed to the coordinator already */
  protected refuseIfFixed(): void {
    if (this.isFixed)
      throw new InvalidRequestError(this.type, `${this.gid} was submitted already and cannot be changed`);
  }

  protected abstract get isFixed(): boolean;
  /** `trans_type` */
  protected abstract get type(): string;
}
