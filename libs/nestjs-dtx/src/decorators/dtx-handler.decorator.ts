import { All, applyDecorators, HttpCode, HttpStatus, SetMetadata, UseFilters, UseInterceptors } from '@nestjs/common';
import type { HandlerMetadata } from '../discovery/handler-metadata';
import { declaredRoute, declaredStatus, markDefaultRoute } from '../discovery/nest-route';
import type { Decorated } from '../discovery/dtx-metadata.accessor';
import { HANDLER_METADATA, ROUTE_PREFIX } from '../dtx.constants';
import { DtxExceptionFilter } from '../http/dtx-exception.filter';
import { DtxHandlerInterceptor } from '../http/dtx-handler.interceptor';

/**
 * What all handler decorators have in common: the metadata, a route, and the answers of the protocol. Filter and
 * interceptor are bound to the method, where an application-wide catch-all does not override them.
 */
export function DtxHandler(metadata: HandlerMetadata): MethodDecorator {
  return applyDecorators(
    SetMetadata(HANDLER_METADATA, metadata),
    RouteUnlessDeclared(`${ROUTE_PREFIX}/${metadata.name}/${metadata.route ?? metadata.ops[0] ?? ''}`),
    UseInterceptors(DtxHandlerInterceptor),
    UseFilters(DtxExceptionFilter),
  );
}

/**
 * Decorators run from the bottom up. One of the user's own below this one has spoken already and is respected; one above
 * runs later and simply replaces what is set here.
 */
function RouteUnlessDeclared(path: string): MethodDecorator {
  return (target, key, descriptor) => {
    const method = descriptor.value as Decorated;
    if (!declaredRoute(method)) {
      All(path)(target, key, descriptor);
      markDefaultRoute(method, path);
    }
    // Nest would answer a POST with 201, which dtm takes for an error.
    if (declaredStatus(method) === undefined) HttpCode(HttpStatus.OK)(target, key, descriptor);
  };
}
