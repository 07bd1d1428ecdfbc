import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';

/** A participant gave no answer, or one that says neither yes nor no: nobody knows whether the call took effect. */
export class BranchCallError extends DtxError {
  override readonly name = 'BranchCallError';

  /**
   * @param url as the branch was named, maybe `svc://service/handler`
   * @param problem to be read after the URL
   */
  constructor(
    readonly url: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(ERROR_CODES.branchCall, `${url}: ${problem}`, options);
  }
}
