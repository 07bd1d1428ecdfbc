import type { TransType } from '@nestjs-dtx/protocol';
import { PAYLOAD, sagaBodies } from './saga';

/** One request of a client to the coordinator. */
export interface LoadRequest {
  readonly path: string;
  /** All but the gid is written once. */
  readonly bodyOf: (gid: string) => string;
}

/** How transactions of a type are carried out. */
type RequestsOf = (branches: string, steps: number) => LoadRequest[];

/**
 * What a client of each type sends the coordinator, one after the other, until the transaction is finished. The calls that
 * clients make to services themselves (try, action of xa, steps of a workflow) are left out, as the coordinator has no part in
 * them; what an xa participant registers is sent in its place. In the second phase each branch is really called.
 */
const REQUESTS: Readonly<Record<TransType, RequestsOf>> = {
  saga: (branches, steps) => [{ path: '/api/dtmsvr/submit', bodyOf: sagaBodies(branches, steps) }],
  msg: (branches, steps) => {
    const urls = numbers(steps).map((step) => ({ action: url(branches, step) }));
    return [submit('msg', { steps: urls, payloads: urls.map(() => PAYLOAD) })];
  },
  tcc: (branches, steps) =>
    twoPhase('tcc', steps, (step) => ({
      data: PAYLOAD,
      confirm: url(branches, step),
      cancel: `${url(branches, step)}/undo`,
    })),
  xa: (branches, steps) => twoPhase('xa', steps, (step) => ({ url: url(branches, step) })),
  workflow: (branches, steps) => [
    request('prepareWorkflow', {
      trans_type: 'workflow',
      query_prepared: `${branches}/resume`,
      custom_data: JSON.stringify({ name: 'transfer', data: Buffer.from(PAYLOAD).toString('base64') }),
    }),
    ...register('workflow', steps, () => ({ op: 'action', status: 'succeed', data: PAYLOAD })),
    submit('workflow', { req_extra: { status: 'succeed', rollback_reason: '', result: '' } }),
  ],
};

/** @returns the requests of one transaction, in their order */
export function requestsOf(transType: TransType, branches: string, steps: number): readonly LoadRequest[] {
  return REQUESTS[transType](branches, steps);
}

function twoPhase(
  transType: 'tcc' | 'xa',
  steps: number,
  fieldsOf: (step: number) => Readonly<Record<string, string>>,
): LoadRequest[] {
  return [
    request('prepare', { trans_type: transType }),
    ...register(transType, steps, fieldsOf),
    submit(transType, {}),
  ];
}

function register(
  transType: TransType,
  steps: number,
  fieldsOf: (step: number) => Readonly<Record<string, string>>,
): LoadRequest[] {
  return numbers(steps).map((step) => {
    const branchId = String(step).padStart(2, '0');
    return request('registerBranch', { trans_type: transType, branch_id: branchId, ...fieldsOf(step) });
  });
}

function submit(transType: TransType, fields: Readonly<Record<string, unknown>>): LoadRequest {
  return request('submit', { trans_type: transType, ...fields, wait_result: true });
}

function request(command: string, fields: Readonly<Record<string, unknown>>): LoadRequest {
  const tail = `",${JSON.stringify(fields).slice(1)}`;
  return { path: `/api/dtmsvr/${command}`, bodyOf: (gid) => `{"gid":"${gid}${tail}` };
}

function url(branches: string, step: number): string {
  return `${branches}/accounts/step-${step}`;
}

function numbers(steps: number): number[] {
  return Array.from({ length: steps }, (_, step) => step + 1);
}
