import { createParamDecorator } from '@nestjs/common';
import { currentScope } from '../context/dtx-context';
import { BARRIER_MANAGER_METADATA } from '../dtx.constants';

const Manager = createParamDecorator(() => currentScope()?.manager);

/** Parameter of a `@BarrierProtected()` handler: the EntityManager of the transaction that holds the barrier's row. */
export function BarrierEntityManager(): ParameterDecorator {
  return (target, key, index) => {
    const method = (target as Record<string | symbol, object>)[key ?? ''];
    if (method) Reflect.defineMetadata(BARRIER_MANAGER_METADATA, true, method);
    Manager()(target, key, index);
  };
}
