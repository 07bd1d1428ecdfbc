/**
 * Keys of the metadata that the decorators write. Plain strings with a prefix of their own: two copies of this package in
 * one process, which package managers do make, still understand each other.
 */
export const HANDLER_METADATA = 'nestjs-dtx:handler';
export const BARRIER_METADATA = 'nestjs-dtx:barrier';
export const BARRIER_MANAGER_METADATA = 'nestjs-dtx:barrier_manager';
export const WORKFLOW_METADATA = 'nestjs-dtx:workflow';

/** Where a handler without a route of its own is reached, below its controller. */
export const ROUTE_PREFIX = 'dtx';

/** Name under which the route that resumes workflows is announced; its ops are the names of the workflows. */
export const WORKFLOW_HANDLER = 'dtx.workflow';

/** What a service or a handler may be called, as a part of `svc://service/handler`. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const NAME_RULE = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';
