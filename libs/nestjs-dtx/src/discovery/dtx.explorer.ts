import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { DtxDefinitionError } from '../errors/dtx-definition.error';
import { checkBarrierUse, checkHandlers, checkMessages, checkRoute } from './check-handlers';
import { DtxMetadataAccessor, type Decorated } from './dtx-metadata.accessor';
import type { DtxHandler } from './dtx-handler';
import { isGrpcHandler, messageHandler } from './nest-message';
import { isDefaultRoute } from './nest-route';
import { RoutePaths } from './route-paths';

/** Finds the decorated handlers of all controllers and refuses to start with definitions that cannot work. */
@Injectable()
export class DtxExplorer implements OnModuleInit {
  private found: readonly DtxHandler[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly metadata: DtxMetadataAccessor,
    private readonly paths: RoutePaths,
  ) {}

  onModuleInit(): void {
    this.explore();
  }

  /** Those that {@link explore} has found. */
  get handlers(): readonly DtxHandler[] {
    return this.found ?? [];
  }

  /**
   * Looks once, when prefix and versioning of the application are set.
   *
   * @throws DtxDefinitionError with the fix in its message
   */
  explore(): void {
    if (this.found) return;
    const handlers = this.findHandlers();
    checkHandlers(handlers);
    this.found = handlers;
  }

  private findHandlers(): DtxHandler[] {
    const seen = new Set<unknown>();
    return this.discovery.getControllers().flatMap(({ metatype, host }) => {
      // A controller that two modules list is one class with one set of routes.
      if (typeof metatype !== 'function' || seen.has(metatype)) return [];
      seen.add(metatype);
      const controller = metatype as Type;
      const module = (host?.metatype ?? controller) as Decorated;
      return this.scanner.getAllMethodNames(controller.prototype as object).flatMap((name) => {
        const method = (controller.prototype as Record<string, Decorated>)[name];
        const handler = method && this.handler(module, controller, method);
        return handler ? [handler] : [];
      });
    });
  }

  private handler(module: Decorated, controller: Type, method: Decorated): DtxHandler | undefined {
    const where = `${controller.name}.${method.name}`;
    const metadata = this.metadata.handler(method);
    const barrier = this.metadata.barrier(method);
    checkBarrierUse(where, {
      isHandler: metadata !== undefined,
      isProtected: barrier !== undefined,
      ...(metadata?.ownBarrier && { ownBarrier: metadata.ownBarrier }),
      wantsManager: this.metadata.wantsBarrierManager(method),
    });
    if (!metadata) return undefined;
    checkMessages({ where, metadata, method });
    const owner = { module, controller, method };
    if (this.paths.isHiddenByVersion(owner)) {
      throw new DtxDefinitionError(
        `${where}: the coordinator sends no version header, so it would not find this route; ` +
          'mark the handler with @Version(VERSION_NEUTRAL) or use VersioningType.URI',
      );
    }
    const path = this.paths.pathOf(owner);
    checkRoute({ where, method, path });
    const row = barrier ?? metadata.ownBarrier;
    const message = isDefaultRoute(method) ? messageHandler(method) : undefined;
    return {
      where,
      metadata,
      path,
      isRouted: !isGrpcHandler(method) || !isDefaultRoute(method),
      ...(message && { message }),
      ...(row && { barrier: row }),
    };
  }
}
