import { Injectable, RequestMethod, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Decorated } from './dtx-metadata.accessor';
import { controllerPath, declaredRoute, declaredVersion, modulePath, type VersionValue } from './nest-route';

/** Where a handler stands. */
export interface RouteOwner {
  readonly module: Decorated;
  readonly controller: Decorated;
  readonly method: Decorated;
}

/**
 * Finds the path at which Nest serves a route: global prefix with its exceptions, URI version, path of the module
 * (`RouterModule`), of the controller and of the method. Where one of them names several, the first is taken.
 */
@Injectable()
export class RoutePaths {
  constructor(
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {}

  pathOf({ module, controller, method }: RouteOwner): string {
    const route = declaredRoute(method) ?? { path: '', method: RequestMethod.ALL };
    const path = joined([modulePath(module, this.modules.applicationId), controllerPath(controller), route.path]);
    const versioned = joined([this.version(controller, method), path]);
    return this.isExcluded(path, route.method) ? versioned : joined([this.config.getGlobalPrefix(), versioned]);
  }

  /** @returns whether the route is told apart by something the coordinator does not send: a header or media type. */
  isHiddenByVersion({ controller, method }: RouteOwner): boolean {
    const versioning = this.config.getVersioning();
    if (!versioning || versioning.type === VersioningType.URI) return false;
    return !isNeutral(this.versionOf(controller, method));
  }

  private version(controller: Decorated, method: Decorated): string {
    const versioning = this.config.getVersioning();
    if (versioning?.type !== VersioningType.URI) return '';
    const all = this.versionOf(controller, method);
    const version = Array.isArray(all) ? all[0] : all;
    if (version === undefined || version === VERSION_NEUTRAL) return '';
    const prefix = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
    return prefix + String(version);
  }

  private versionOf(controller: Decorated, method: Decorated): VersionValue | undefined {
    return declaredVersion(method) ?? declaredVersion(controller) ?? this.config.getVersioning()?.defaultVersion;
  }

  private isExcluded(path: string, method: RequestMethod): boolean {
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    return exclude.some(
      ({ pathRegex, requestMethod }) =>
        (requestMethod === RequestMethod.ALL || requestMethod === method) && pathRegex.test(path),
    );
  }
}

function isNeutral(version: VersionValue | undefined): boolean {
  return (
    version === undefined ||
    version === VERSION_NEUTRAL ||
    (Array.isArray(version) && version.includes(VERSION_NEUTRAL))
  );
}

/** @returns the parts as one path with single slashes, none at the end. */
function joined(parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}
