import { Injectable, type Type } from '@nestjs/common';
import { BARRIER_MANAGER_METADATA, BARRIER_METADATA, HANDLER_METADATA, WORKFLOW_METADATA } from '../dtx.constants';
import type { BarrierMetadata, HandlerMetadata } from './handler-metadata';

/** A method of a controller's prototype, or the controller itself. */
export type Decorated = Type | ((...args: never[]) => unknown);

/** Typed reads of the decorators' metadata. */
@Injectable()
export class DtxMetadataAccessor {
  handler(method: Decorated): HandlerMetadata | undefined {
    return read<HandlerMetadata>(HANDLER_METADATA, method);
  }

  barrier(method: Decorated): BarrierMetadata | undefined {
    return read<BarrierMetadata>(BARRIER_METADATA, method);
  }

  /** @returns the name of the workflow whose function the method is. */
  workflow(method: Decorated): string | undefined {
    return read<string>(WORKFLOW_METADATA, method);
  }

  /** @returns whether a parameter of the method is marked with `@BarrierEntityManager()`. */
  wantsBarrierManager(method: Decorated): boolean {
    return read<boolean>(BARRIER_MANAGER_METADATA, method) ?? false;
  }
}

function read<T>(key: string, target: Decorated): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
