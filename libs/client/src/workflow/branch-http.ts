import { OPS } from '@nestjs-dtx/protocol';
import { branchOutcome, type BranchCaller } from '../branch/branch-caller';
import { BranchCallError } from '../errors/branch-call.error';
import { BranchFailureError } from '../errors/branch-failure.error';
import { BranchOngoingError } from '../errors/branch-ongoing.error';
import { messageOf } from '../http/answer-text';
import type { HttpRequest, HttpSender } from './http-request';
import type { WorkflowStep } from './step';
import { valueOfText } from './step-record';

/** What all requests of one transaction have in common, from its options. */
export interface BranchHttpOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds. @default the client's */
  readonly timeoutMs?: number;
}

/** So that the handlers of a saga's or a tcc's step serve workflows as well: theirs is the same business. */
const HANDLER_OPS: Readonly<Record<string, readonly string[]>> = {
  [OPS.action]: [OPS.action, OPS.try],
  [OPS.commit]: [OPS.commit, OPS.confirm],
  [OPS.rollback]: [OPS.rollback, OPS.compensate, OPS.cancel],
};

/** Sends the requests of a workflow's branches (spec 9.6). */
export class BranchHttp implements HttpSender {
  constructor(
    private readonly caller: BranchCaller,
    private readonly options: BranchHttpOptions,
  ) {}

  async send(step: WorkflowStep, request: HttpRequest): Promise<unknown> {
    const { transType, gid, branchId, op } = step;
    const { timeoutMs } = this.options;
    const reply = await this.caller.call({
      ...request,
      info: { transType, gid, branchId, op },
      handlerOps: HANDLER_OPS[op] ?? [op],
      headers: { ...this.options.headers, ...request.headers },
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
    // A result word somewhere in a body that the workflow is to use decides nothing: status and dtm_result do.
    const { kind, text } = branchOutcome(reply, { substring: false });
    if (kind === 'success' && reply.answered) return reply.bytes ? valueOfBytes(reply.bytes) : valueOfText(reply.body);
    const said = reply.answered ? messageOf(reply) || `status ${reply.status}` : text;
    if (kind === 'failure') throw new BranchFailureError(said);
    if (kind === 'ongoing') throw new BranchOngoingError(`${request.url}: ${said}`);
    throw new BranchCallError(request.url, text, reply.answered ? {} : { cause: reply.cause });
  }
}

/** A message need not be text, and what a workflow records is JSON. */
function valueOfBytes(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return Buffer.from(bytes).toString('base64');
  }
}
