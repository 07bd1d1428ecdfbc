import { OPS } from '@nestjs-dtx/protocol';
import { DtxHandler } from './dtx-handler.decorator';

/** @see SagaStep */
export interface SagaStepOptions {
  /**
   * Set to false for a step that leaves nothing to undo, such as a check.
   * @default true: a method with `@SagaCompensate` of the same name must exist
   */
  readonly compensate?: boolean;
  /**
   * Roll the saga back when a pipe refuses the input (400). Otherwise the call is repeated: a new version of this service
   * may understand it.
   * @default false
   */
  readonly rejectInvalid?: boolean;
}

/**
 * Marks a controller's method as the action of a saga step (design 6). It is a real route: guards, pipes and interceptors
 * apply. Without a route decorator of its own it is served at `<controller>/dtx/<name>/action`.
 *
 * @param name the handler's part of `service/handler`
 */
export function SagaStep(name: string, options: SagaStepOptions = {}): MethodDecorator {
  const { compensate = true, rejectInvalid = false } = options;
  return DtxHandler({
    decorator: SagaStep.name,
    family: 'saga',
    name,
    ops: [OPS.action],
    needs: compensate
      ? [
          {
            op: OPS.compensate,
            decorator: 'SagaCompensate',
            otherwise: 'say { compensate: false } if nothing is to undo',
          },
        ]
      : [],
    nothingToDo: compensate ? [] : [OPS.compensate],
    rejectInvalid,
  });
}
