import { HttpStatus, RequestMethod } from '@nestjs/common';
import { NAME, NAME_RULE } from '../dtx.constants';
import { DtxDefinitionError } from '../errors/dtx-definition.error';
import type { DtxHandler } from './dtx-handler';
import type { HandlerMetadata, OwnBarrier } from './handler-metadata';
import type { Decorated } from './dtx-metadata.accessor';
import { messageHandler } from './nest-message';
import { declaredRoute, declaredStatus } from './nest-route';

/** @see checkBarrierUse */
export interface BarrierUse {
  readonly isHandler: boolean;
  readonly isProtected: boolean;
  /** Set for handlers that keep the barrier's row themselves. */
  readonly ownBarrier?: OwnBarrier;
  readonly wantsManager: boolean;
}

/** Methods by which a coordinator calls: POST with a payload, GET without. */
const CALLABLE = [RequestMethod.GET, RequestMethod.POST, RequestMethod.ALL];

/** @throws DtxDefinitionError for barrier decorators that would have no effect */
export function checkBarrierUse(where: string, use: BarrierUse): void {
  const { isHandler, isProtected, ownBarrier, wantsManager } = use;
  if (isProtected && ownBarrier) {
    throw new DtxDefinitionError(
      `${where} keeps the row of the barrier itself: remove @BarrierProtected(), whose options the other decorator takes`,
    );
  }
  if (wantsManager && ownBarrier?.kind === 'check-back') {
    throw new DtxDefinitionError(
      `${where} is called when the check-back is answered and its transaction has ended: remove @BarrierEntityManager()`,
    );
  }
  if (wantsManager && !isProtected && !ownBarrier) {
    throw new DtxDefinitionError(
      `${where} has a parameter @BarrierEntityManager() but no barrier transaction: add @BarrierProtected() to the method`,
    );
  }
  if (isProtected && !isHandler) {
    throw new DtxDefinitionError(
      `${where} is @BarrierProtected() but no handler of a transaction: add a decorator such as @SagaStep(name) to it`,
    );
  }
}

/** @throws DtxDefinitionError for a route that a coordinator cannot call, or whose success it would not understand */
export function checkRoute({ where, method, path }: { where: string; method: Decorated; path: string }): void {
  const route = declaredRoute(method);
  if (route && !CALLABLE.includes(route.method)) {
    throw new DtxDefinitionError(
      `${where} is routed as ${RequestMethod[route.method]}: coordinators call by POST and GET, use @Post() or @All()`,
    );
  }
  if (/[:*{(]/.test(path)) {
    throw new DtxDefinitionError(
      `${where} is routed at ${path}: a coordinator cannot fill in parameters, take them from the body instead`,
    );
  }
  const status = declaredStatus(method);
  if (status !== undefined && status !== HttpStatus.OK) {
    throw new DtxDefinitionError(
      `${where} answers @HttpCode(${status}): a success of a handler is 200, remove the decorator`,
    );
  }
}

/** @throws DtxDefinitionError for a handler of events: a coordinator waits for the reply that decides */
export function checkMessages({
  where,
  metadata,
  method,
}: {
  where: string;
  metadata: HandlerMetadata;
  method: Decorated;
}): void {
  if (!messageHandler(method)?.isEvent) return;
  throw new DtxDefinitionError(
    `${where} is @${metadata.decorator}('${metadata.name}') and takes events, to which there is no reply: ` +
      'replace @EventPattern() by @MessagePattern()',
  );
}

/** @throws DtxDefinitionError for names that are wrong or taken twice, and for families that are not complete */
export function checkHandlers(handlers: readonly DtxHandler[]): void {
  const byName = new Map<string, DtxHandler>();
  const byKey = new Map<string, DtxHandler>();
  for (const handler of handlers) {
    const { name, ops, decorator } = handler.metadata;
    if (!NAME.test(name)) {
      throw new DtxDefinitionError(`${handler.where}: @${decorator}('${name}') has no valid name: use ${NAME_RULE}`);
    }
    checkOneFamily(byName.get(name) ?? handler, handler);
    byName.set(name, handler);
    for (const op of ops) {
      const taken = byKey.get(keyOf(name, op));
      if (taken) {
        throw new DtxDefinitionError(
          `@${decorator}('${name}') stands at ${taken.where} and at ${handler.where}: give one of them another name`,
        );
      }
      byKey.set(keyOf(name, op), handler);
    }
  }
  for (const handler of handlers) checkFamily(handler, byKey);
}

/** Otherwise `service/handler` would mean another thing from one operation to the next. */
function checkOneFamily(one: DtxHandler, other: DtxHandler): void {
  if (one.metadata.family === other.metadata.family) return;
  const [first, second] = [one, other].map(({ where, metadata }) => `@${metadata.decorator} at ${where}`);
  throw new DtxDefinitionError(
    `the name '${one.metadata.name}' stands for ${first} and for ${second}: give one of them another name`,
  );
}

function checkFamily({ where, metadata }: DtxHandler, byKey: ReadonlyMap<string, DtxHandler>): void {
  const { decorator, name } = metadata;
  for (const { op, decorator: missing, otherwise } of metadata.needs) {
    if (byKey.has(keyOf(name, op))) continue;
    const alternative = otherwise === undefined ? '' : `, or ${otherwise}`;
    throw new DtxDefinitionError(
      `${where}: @${decorator}('${name}') has no @${missing}('${name}'): add a method with it${alternative}`,
    );
  }
  for (const op of metadata.nothingToDo) {
    const declared = byKey.get(keyOf(name, op));
    if (!declared) continue;
    throw new DtxDefinitionError(
      `${where}: @${decorator}('${name}') says that there is nothing to ${op}, but ${declared.where} does it: ` +
        'remove one of both',
    );
  }
}

const keyOf = (name: string, op: string): string => `${name}/${op}`;
