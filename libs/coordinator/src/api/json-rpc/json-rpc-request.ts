/** A request that can be carried out. */
export interface JsonRpcRequest {
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
}

/** What was read of a body (spec 2.13). */
export type ReadRequest =
  | ({ readonly kind: 'request' } & JsonRpcRequest)
  /** No JSON-RPC at all, or one of its fields has another type. */
  | { readonly kind: 'unreadable'; readonly problem: string }
  | { readonly kind: 'invalid'; readonly id: string; readonly problem: string };

/** Reads a body, whatever the order of its keys. Problems never repeat what the client sent. */
export function readJsonRpcRequest(body: unknown): ReadRequest {
  const fields = fieldsOf(body);
  if (!fields) return { kind: 'unreadable', problem: 'the body is no JSON object' };
  const texts = { id: '', method: '', jsonrpc: '' };
  for (const key of ['id', 'method', 'jsonrpc'] as const) {
    const value = fields[key] ?? '';
    if (typeof value !== 'string') return { kind: 'unreadable', problem: `${key} must be a string` };
    texts[key] = value;
  }
  const { id, method, jsonrpc } = texts;
  if (id === '') return { kind: 'invalid', id, problem: 'id must not be empty' };
  if (jsonrpc !== '2.0') return { kind: 'invalid', id, problem: 'jsonrpc must be 2.0' };
  return { kind: 'request', id, method, params: fields['params'] };
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(body);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
