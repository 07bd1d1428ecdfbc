import type { MessageHandlerMetadata } from './nest-message';
import type { BarrierMetadata, HandlerMetadata } from './handler-metadata';

/** A decorated method of a controller. */
export interface DtxHandler {
  /** `Controller.method`, for errors and logs. */
  readonly where: string;
  readonly metadata: HandlerMetadata;
  /** Where it keeps the barrier's row, if it does. */
  readonly barrier?: BarrierMetadata;
  /** As Nest serves it. */
  readonly path: string;
  /** False for those that are called over gRPC alone. */
  readonly isRouted: boolean;
  /** Set for handlers that are reached by messages, and have no route of their own. */
  readonly message?: MessageHandlerMetadata;
}
