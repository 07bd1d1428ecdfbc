import type { AdvanceWrite, AppendWrite, ChangeWrite, InsertWrite, LeaseRequest } from '@nestjs-dtx/coordinator';
import { newGid } from '@nestjs-dtx/protocol';

/** Long enough that it never ends during a test. */
export const LONG_LEASE: LeaseRequest = { owner: 'tester/1', durationMs: 60_000 };
/** Over as soon as it is taken. */
export const ENDED_LEASE: LeaseRequest = { owner: 'tester/2', durationMs: 0 };

const PAYLOAD = Buffer.from('{"amount":30}');

/** A two-step saga to insert: prepared, or submitted under the given lease. */
export function insertWrite(gid = newGid(), lease?: LeaseRequest): InsertWrite {
  return {
    kind: 'insert',
    gid,
    intervalMs: 10_000,
    ...(lease && { lease }),
    transaction: {
      gid,
      transType: 'saga',
      status: lease ? 'submitted' : 'prepared',
      protocol: 'http',
      queryPrepared: '',
      customData: '{"concurrent":true}',
      businessKey: 'Order-7 é',
      options: { waitResult: true, retryLimit: 3, branchHeaders: { 'x-tenant': 'acme' } },
      branches: ['01', '02'].flatMap((branchId) =>
        ['compensate', 'action'].map((op) => ({
          branchId,
          op,
          url: `http://service/${branchId}/${op}`,
          payload: PAYLOAD,
          status: 'prepared' as const,
        })),
      ),
    },
  };
}

/** The outcome of step one, as the holder of that epoch records it. */
export function outcomeWrite(gid: string, epoch: number): AdvanceWrite {
  return { kind: 'advance', gid, epoch, branches: [{ branchId: '01', op: 'action', status: 'succeed' }] };
}

/** The end of a run: not due again for a minute. */
export function parkWrite(gid: string, epoch: number, dueInMs: number | null = 60_000): AdvanceWrite {
  const park = { dueInMs, intervalMs: 20_000, attempts: 2, lastError: 'status 500: broken' };
  return { kind: 'advance', gid, epoch, branches: [], park };
}

/** The final status, as the holder of that epoch records it. */
export function finishWrite(gid: string, epoch: number, status: 'succeed' | 'failed' = 'succeed'): AdvanceWrite {
  const park = { dueInMs: null, intervalMs: 10_000, attempts: 0, lastError: '' };
  return { kind: 'advance', gid, epoch, branches: [], status, park };
}

export function submitWrite(gid: string, lease: LeaseRequest = LONG_LEASE): ChangeWrite {
  return { kind: 'change', gid, from: 'prepared', to: 'submitted', patch: {}, unheldOnly: false, lease };
}

export function forceStopWrite(gid: string): ChangeWrite {
  return { kind: 'change', gid, from: 'submitted', to: 'failed', patch: {}, unheldOnly: false };
}

export function registerWrite(gid: string, branchId = '03'): AppendWrite {
  const branch = { branchId, url: 'http://service/x', payload: PAYLOAD, status: 'prepared' } as const;
  return {
    kind: 'append',
    gid,
    interrupts: true,
    transType: 'saga',
    branches: [
      { ...branch, op: 'cancel' },
      { ...branch, op: 'confirm' },
    ],
  };
}
