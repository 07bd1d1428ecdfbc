import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { isMessageUrl, type HandlerPaths, type ServiceAnnouncement } from '@nestjs-dtx/protocol';
import type { DtxHandler } from '../discovery/dtx-handler';
import { WORKFLOW_HANDLER } from '../dtx.constants';
import { messageAddress } from './message-address';
import { DEFAULT_HEARTBEAT_SECONDS, type DtxOptions } from '../dtx.options';

/** Signs of life that may be missing before the coordinator takes the instance for dead. */
const HEARTBEATS_PER_TTL = 3;

/**
 * @param workflows where each of them is resumed, by their names
 * @returns what this instance tells the coordinator about itself
 */
export function announcementOf(
  options: DtxOptions,
  handlers: readonly DtxHandler[],
  url: string,
  workflows: HandlerPaths = {},
): ServiceAnnouncement {
  const resuming = Object.keys(workflows).length > 0 && { [WORKFLOW_HANDLER]: workflows };
  return {
    service: options.service,
    instance: options.instance ?? instanceName(options, url),
    url,
    handlers: { ...pathsOf(handlers, options.messageUrls ?? []), ...resuming },
    ttl: HEARTBEATS_PER_TTL * (options.heartbeatSeconds ?? DEFAULT_HEARTBEAT_SECONDS),
  };
}

function pathsOf(handlers: readonly DtxHandler[], bases: readonly string[]): ServiceAnnouncement['handlers'] {
  const paths: Record<string, Record<string, string | null>> = {};
  for (const handler of handlers) {
    const { metadata } = handler;
    // Names lead to HTTP and to messages; a method of gRPC is named by its URL.
    if (!handler.isRouted) continue;
    const address = addressOf(handler, bases);
    const ops = (paths[metadata.name] ??= {});
    if (address !== undefined) for (const op of metadata.ops) ops[op] = address;
    for (const op of metadata.nothingToDo) ops[op] = null;
  }
  return paths;
}

/** @returns where it is called; `undefined` for a handler of messages that come from nobody knows where. */
export function addressOf({ path, message }: DtxHandler, bases: readonly string[]): string | undefined {
  return message ? messageAddress(message, bases) : path;
}

/**
 * The address names an instance well: a process that is started again on it replaces its dead predecessor at once. A
 * given base URL may be that of a proxy, which all instances share; so is a broker's.
 */
function instanceName({ baseUrl }: DtxOptions, url: string): string {
  const name =
    baseUrl === undefined && !isMessageUrl(url)
      ? new URL(url).host
      : `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  return name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(-64)
    .replace(/^[^A-Za-z0-9]+/, '');
}
