import type { CoordinatorApi } from '../coordinator-api';
import { post, type Reply } from '../http';
import { until } from '../until';

/** Commands that a client without any SDK sends, by the name of their endpoint and method. */
export type CommandName = 'prepare' | 'prepareWorkflow' | 'submit' | 'abort' | 'registerBranch';

/** How commands travel. */
export type CommandChannel = (name: CommandName, body: Readonly<Record<string, unknown>>) => Promise<Reply>;

/** POST of JSON (spec 2.3). @param dtm base of the coordinator's HTTP interface, as SDKs are told it */
export function overHttp(dtm: string): CommandChannel {
  return (name, body) => post(`${dtm}/${name}`, body);
}

/** A JSON-RPC 2.0 call (spec 2.13). */
export function overJsonRpc(api: CoordinatorApi): CommandChannel {
  return (name, params) => post(`${api.url}/api/json-rpc`, { jsonrpc: '2.0', id: `${name}-1`, method: name, params });
}

/** Commands that are sent again until they are answered, by a client that outlives its coordinator. */
export function untilAnswered(channel: CommandChannel): CommandChannel {
  return (name, body) => until(`${name} is answered`, () => channel(name, body), { withinMs: 90_000, everyMs: 200 });
}

/** @returns whether SDKs take the answer for a success (spec 9.1) */
export function isAccepted({ status, text, json }: Reply): boolean {
  const error = (json as { error?: unknown } | undefined)?.error;
  return status === 200 && !text.includes('FAILURE') && (error === undefined || error === null);
}

/** What an SDK throws at a client whose command was not accepted. */
export class CommandError extends Error {
  constructor(
    name: CommandName,
    readonly reply: Reply,
  ) {
    super(`${name}: ${reply.status} ${reply.text}`);
  }
}

/** Sends a command. @throws CommandError unless it is accepted */
export async function command(
  channel: CommandChannel,
  name: CommandName,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const reply = await channel(name, body);
  if (!isAccepted(reply)) throw new CommandError(name, reply);
}
