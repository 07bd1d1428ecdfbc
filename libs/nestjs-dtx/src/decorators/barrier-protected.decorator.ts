import { SetMetadata } from '@nestjs/common';
import type { BarrierMetadata } from '../discovery/handler-metadata';
import { BARRIER_METADATA } from '../dtx.constants';

/** @see BarrierProtected */
export type BarrierProtectedOptions = BarrierMetadata;

/**
 * Runs the handler in one TypeORM transaction together with the sub-transaction barrier (spec 8.3): a repeated request, a
 * compensation without its action, and an action that comes after its compensation are answered as successes without
 * running the handler. Write through the manager of `@BarrierEntityManager()`: anything else is outside of the transaction.
 *
 * Pipes of the handler run inside the transaction too; guards and interceptors before it.
 */
export function BarrierProtected(options: BarrierProtectedOptions = {}): MethodDecorator {
  return SetMetadata(BARRIER_METADATA, options);
}
