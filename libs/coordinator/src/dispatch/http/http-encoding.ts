import type { HttpAnswer, Outcome } from '@nestjs-dtx/protocol';
import type { DispatchRequest } from '../dispatch';
import type { CallTarget } from './call-target';
import type { HttpCallRequest } from './http-call';

/** How a branch call is put into HTTP, and what the answer means: one per protocol that travels over it. */
export interface HttpEncoding {
  /** @throws Error when the call cannot be put into this form */
  encode(target: CallTarget, request: DispatchRequest): HttpCallRequest;
  outcome(answer: HttpAnswer): Outcome;
}

const OUR_HEADERS = { 'content-type': 'application/json', accept: 'application/json' } as const;
const OURS_ALONE = Object.entries(OUR_HEADERS).flat();

/** They tell of the connection and where the request ends, which only the coordinator knows; a client's would contradict it. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Ours, and those of the transaction, which add to them and override them, whatever their case (spec 4.2). */
export function headersOf({ headers }: DispatchRequest): readonly string[] {
  if (!headers) return OURS_ALONE;
  const merged: Record<string, string> = { ...OUR_HEADERS };
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!OF_THE_CONNECTION.has(lower)) merged[lower] = value;
  }
  return Object.entries(merged).flat();
}
