import type { DispatchRequest } from '../dispatch';

/** What the coordinator adds to the parameters (spec 4.5); a payload's own fields of these names give way. */
const OURS = ['gid', 'trans_type', 'branch_id', 'op'] as const;

/** @returns what is wrong with a payload, `undefined` if it can be the parameters of a JSON-RPC call. */
export function paramsProblem(payload: Uint8Array): string | undefined {
  return objectOf(textOf(payload)) ? undefined : 'must be a JSON object, as it is called by JSON-RPC';
}

/**
 * The parameters of a call: the payload with the transaction's fields. An empty one and `null` are `{}` (Q21). Its text is kept
 * as it is wherever possible: parsing and writing it again would round numbers that JavaScript cannot hold.
 *
 * @returns JSON text; `undefined` when the payload is no JSON object
 */
export function paramsOf({ call, gid, transType }: DispatchRequest): string | undefined {
  const text = textOf(call.payload);
  const given = objectOf(text);
  if (!given) return undefined;
  const ours = { gid, trans_type: transType, branch_id: call.branchId, op: call.op };
  if (OURS.some((key) => Object.hasOwn(given, key))) return JSON.stringify({ ...given, ...ours });
  if (Object.keys(given).length === 0) return JSON.stringify(ours);
  return `${text.slice(0, text.lastIndexOf('}'))},${JSON.stringify(ours).slice(1)}`;
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
}

function objectOf(text: string): object | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return {};
    return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
