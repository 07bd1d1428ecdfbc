import type { RequestMethod, VERSION_NEUTRAL } from '@nestjs/common';
import type { Decorated } from './dtx-metadata.accessor';

/** Keys under which Nest's own decorators keep their metadata: part of what every Nest library relies on, but not exported. */
const PATH = 'path';
const METHOD = 'method';
const HTTP_CODE = '__httpCode__';
const VERSION = '__version__';

type Version = string | typeof VERSION_NEUTRAL;

/** What `@Version()` may be given. */
export type VersionValue = Version | Version[];

/** A route as its decorators declare it. */
export interface DeclaredRoute {
  readonly path: string;
  readonly method: RequestMethod;
}

/** @returns the route of a method, or undefined if no route decorator has been applied (yet). */
export function declaredRoute(method: Decorated): DeclaredRoute | undefined {
  const path = first(Reflect.getMetadata(PATH, method) as string | string[] | undefined);
  if (path === undefined) return undefined;
  return { path, method: Reflect.getMetadata(METHOD, method) as RequestMethod };
}

/** Marks the path that a decorator of this package has set, as the method had none. */
const DEFAULT_ROUTE = 'nestjs-dtx:default_route';

/** Remembers the path that a method is given for lack of one of its own. */
export function markDefaultRoute(method: Decorated, path: string): void {
  Reflect.defineMetadata(DEFAULT_ROUTE, path, method);
}

/** @returns whether the method has no route of its own. */
export function isDefaultRoute(method: Decorated): boolean {
  const path: unknown = Reflect.getMetadata(DEFAULT_ROUTE, method);
  return path !== undefined && declaredRoute(method)?.path === path;
}

/** @returns the first path of a controller. */
export function controllerPath(controller: Decorated): string {
  return first(Reflect.getMetadata(PATH, controller) as string | string[] | undefined) ?? '';
}

export function declaredVersion(target: Decorated): VersionValue | undefined {
  return Reflect.getMetadata(VERSION, target) as VersionValue | undefined;
}

/** @returns the status of a success, as `@HttpCode` sets it. */
export function declaredStatus(method: Decorated): number | undefined {
  return Reflect.getMetadata(HTTP_CODE, method) as number | undefined;
}

/** Where `RouterModule` keeps the path of a module; per application, and older versions for all of them. */
export function modulePath(module: Decorated, applicationId: string): string {
  const key = '__module_path__';
  const path: unknown = Reflect.getMetadata(key + applicationId, module) ?? Reflect.getMetadata(key, module);
  return typeof path === 'string' ? path : '';
}

function first<T>(value: T | readonly T[] | undefined): T | undefined {
  return Array.isArray(value) ? (value as readonly T[])[0] : (value as T | undefined);
}
