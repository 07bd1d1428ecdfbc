import { OPS } from '@nestjs-dtx/protocol';
import { DtxHandler } from './dtx-handler.decorator';

/**
 * Marks a controller's method as the receiver of 2-phase messages (spec 5.4). There is no way back: a message is delivered
 * again and again until the method succeeds, so it **may not refuse**. What could refuse is to be asked before the message
 * is sent. Without a route decorator of its own it is served at `<controller>/dtx/<name>/action`.
 *
 * @param name the handler's part of `service/handler`
 */
export function MsgAction(name: string): MethodDecorator {
  return DtxHandler({
    decorator: MsgAction.name,
    family: 'msg',
    name,
    ops: [OPS.action],
    needs: [],
    nothingToDo: [],
    rejectInvalid: false,
  });
}
