import { randomUUID } from 'node:crypto';
import type { AdvanceWrite, AppendWrite, ChangeWrite, InsertWrite, LeaseRequest } from '@nestjs-dtx/coordinator';
import { newGid, type GlobalStatus } from '@nestjs-dtx/protocol';

const PAYLOAD = Buffer.from('{"amount":30}');

/** A lease as a coordinator takes it: no other one has its owner. */
export function newLease(durationMs = 60_000): LeaseRequest {
  return { owner: randomUUID(), durationMs };
}

/** A saga of two steps: prepared, or submitted under the lease. */
export function saga(lease?: LeaseRequest, gid = newGid()): InsertWrite {
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
      customData: '',
      businessKey: '',
      options: {},
      branches: ['01', '02'].flatMap((branchId) => ['compensate', 'action'].map((op) => branchOf(branchId, op))),
    },
  };
}

export function submission(gid: string, lease: LeaseRequest | undefined = newLease()): ChangeWrite {
  return { kind: 'change', gid, from: 'prepared', to: 'submitted', patch: {}, unheldOnly: false, lease };
}

/** A change that takes no lease. */
export function change(gid: string, from: GlobalStatus, to: GlobalStatus): ChangeWrite {
  return { kind: 'change', gid, from, to, patch: {}, unheldOnly: false };
}

export function registration(gid: string, branchId = '03'): AppendWrite {
  return {
    kind: 'append',
    gid,
    branches: [branchOf(branchId, 'cancel'), branchOf(branchId, 'confirm')],
    interrupts: true,
    transType: 'saga',
  };
}

/** The outcome of a step, as the holder of that epoch records it. */
export function outcome(gid: string, epoch: number, branchId = '01'): AdvanceWrite {
  return { kind: 'advance', gid, epoch, branches: [{ branchId, op: 'action', status: 'succeed' }] };
}

/** The final status, as the holder of that epoch records it. */
export function finish(gid: string, epoch: number): AdvanceWrite {
  const park = { dueInMs: null, intervalMs: 10_000, attempts: 0, lastError: '' };
  return { kind: 'advance', gid, epoch, branches: [], status: 'succeed', park };
}

function branchOf(branchId: string, op: string): AppendWrite['branches'][number] {
  return { branchId, op, url: `http://service/${branchId}/${op}`, payload: PAYLOAD, status: 'prepared' };
}
