import { OPS } from '@nestjs-dtx/protocol';
import { DtxHandler } from './dtx-handler.decorator';

/**
 * Marks a controller's method as the undo of the saga step with the same name. It gets the payload of the action and must
 * succeed in the end: it is repeated until it does. Without a route decorator of its own it is served at
 * `<controller>/dtx/<name>/compensate`.
 */
export function SagaCompensate(name: string): MethodDecorator {
  return DtxHandler({
    decorator: SagaCompensate.name,
    family: 'saga',
    name,
    ops: [OPS.compensate],
    needs: [{ op: OPS.action, decorator: 'SagaStep' }],
    nothingToDo: [],
    rejectInvalid: false,
  });
}
