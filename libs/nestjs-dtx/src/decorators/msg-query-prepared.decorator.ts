import { OPS } from '@nestjs-dtx/protocol';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxHandler } from './dtx-handler.decorator';

/** Where the messages' local transactions keep the rows of their barriers. */
export type MsgQueryPreparedOptions = BarrierMetadata;

/** Name of the check-back that one is enough for a service: `service/query-prepared`. */
export const DEFAULT_QUERY_PREPARED = 'query-prepared';

/**
 * Marks a controller's method as the check-back of this service's 2-phase messages (spec 8.4): has the local transaction of
 * the message committed? The library answers by itself, from the barrier table that the local transaction has written to,
 * and waits while that transaction is open. One check-back serves all messages of a DataSource and table.
 *
 * The method is called after a local transaction that has committed and is usually empty. A real route, as a saga step is;
 * without a route decorator of its own it is served at `<controller>/dtx/<name>/msg`.
 *
 * @param name the handler's part of `service/handler`
 * @param options DataSource and table of the messages' local transactions
 */
export function MsgQueryPrepared(
  name: string = DEFAULT_QUERY_PREPARED,
  options: MsgQueryPreparedOptions = {},
): MethodDecorator {
  return DtxHandler({
    decorator: MsgQueryPrepared.name,
    family: 'msg-query-prepared',
    name,
    ops: [OPS.msg],
    needs: [],
    nothingToDo: [],
    rejectInvalid: false,
    ownBarrier: { kind: 'check-back', ...options },
  });
}
