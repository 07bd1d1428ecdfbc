import { InvalidRequestError } from '@nestjs-dtx/protocol';
import { checkRequest } from '../transactions/check-request';
import { OptionsBuilder } from '../transactions/options-builder';
import { payloadText } from '../transactions/payload';
import type { WorkflowStart } from './workflows';
import type { Recorded } from './json-copy';

/** Runs a workflow. @param input JSON text, empty for none */
export type WorkflowExecutor = (input: string, start: WorkflowStart) => Promise<unknown>;

/** Input of a workflow; left out where the function takes none. */
export type WorkflowInput<Input> = undefined extends Input ? [input?: Input] : [input: Input];

/** Starts one workflow (spec 9.6): its options, then {@link execute}. */
export class WorkflowBuilder<Input = unknown, Result = unknown> extends OptionsBuilder {
  protected readonly type = 'workflow';
  private started = false;

  /** @throws InvalidRequestError for a gid that cannot be stored */
  constructor(
    gid: string,
    private readonly executor: WorkflowExecutor,
  ) {
    super(gid);
  }

  /**
   * Runs the workflow here to its end. Executed again with the same gid and input it does what is left of it, and once it has
   * ended nothing: the stored outcome is given again.
   *
   * @param input a JSON object or array, kept by the coordinator for the case that another process goes on
   * @returns the function's result, as JSON brings it back
   * @throws TransactionFailedError it was rolled back; `reason` says why
   * @throws NotFinishedError a step's outcome is unknown, `cause` says why: the coordinator has it resumed
   * @throws WorkflowChangedError, WorkflowMisuseError the function cannot be replayed: it is resumed when it is mended
   * @throws WorkflowUnknownError, InvalidRequestError nothing was done
   * @throws CoordinatorRefusedError nothing was done
   * @throws CoordinatorUnreachableError unless its outcome is `not-submitted`, the coordinator may have the workflow resumed
   */
  async execute(...input: WorkflowInput<Input>): Promise<Recorded<Result>> {
    const start: WorkflowStart = { gid: this.gid, ...this.options };
    checkRequest({ ...start, trans_type: 'workflow' });
    const text = inputText(input[0]);
    this.started = true;
    return (await this.executor(text, start)) as Recorded<Result>;
  }

  protected get isFixed(): boolean {
    return this.started;
  }
}

/** Parsers of HTTP frameworks take objects and arrays only, and the input comes back as the body of a callback. */
function inputText(input: unknown): string {
  if (input === undefined) return '';
  if (typeof input !== 'object' || input === null) {
    throw new InvalidRequestError('input', 'must be a JSON object or array, or left out');
  }
  const text = payloadText(input, 'input');
  if (/^[[{]/.test(text)) return text;
  throw new InvalidRequestError('input', 'must have a JSON object or array as its JSON form');
}
