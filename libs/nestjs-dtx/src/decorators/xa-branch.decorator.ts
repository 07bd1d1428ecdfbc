import { OPS } from '@nestjs-dtx/protocol';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { DtxHandler } from './dtx-handler.decorator';

/** @see XaBranch */
export interface XaBranchOptions extends BarrierMetadata {
  /**
   * Refuse, so that the transaction is rolled back for this reason, when a pipe refuses the input (400).
   * @default false
   */
  readonly rejectInvalid?: boolean;
}

/**
 * Marks a controller's method as a branch of XA transactions (spec 5.3). It runs once, in phase 1, inside an XA transaction
 * of MySQL, MariaDB or PostgreSQL on a connection of its own; write through the manager of `@BarrierEntityManager()`. Commit
 * and rollback arrive at the same path and are carried out by the library without pipes and method.
 *
 * A real route, as a saga step is; without a route decorator of its own it is served at `<controller>/dtx/<name>/xa`.
 *
 * @param name the handler's part of `service/handler`
 * @param options DataSource and table of the barrier, if they are not the default ones
 */
export function XaBranch(name: string, options: XaBranchOptions = {}): MethodDecorator {
  const { rejectInvalid = false, ...place } = options;
  return DtxHandler({
    decorator: XaBranch.name,
    family: 'xa',
    name,
    ops: [OPS.action, OPS.commit, OPS.rollback],
    route: 'xa',
    needs: [],
    nothingToDo: [],
    rejectInvalid,
    ownBarrier: { kind: 'xa', ...place },
  });
}
