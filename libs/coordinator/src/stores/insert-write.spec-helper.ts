import type { TransType } from '@nestjs-dtx/protocol';
import type { InsertWrite, LeaseRequest } from './writes';

/** What a test wants to know of a stored transaction; everything else is the same for all. */
export interface InsertOptions {
  readonly transType?: TransType;
  /** With a lease it is submitted, without it is prepared. */
  readonly lease?: LeaseRequest;
  /** Base of the two branches; without it there are none to call. */
  readonly url?: string;
}

/** A lease that is over as soon as it is taken: what a dead coordinator leaves behind. */
export const ENDED_LEASE: LeaseRequest = { owner: 'dead/1', durationMs: 0 };

/** @returns a transaction of one step, ready to be stored. */
export function insertWrite(gid: string, { transType = 'saga', lease, url }: InsertOptions = {}): InsertWrite {
  return {
    kind: 'insert',
    gid,
    intervalMs: 10_000,
    ...(lease && { lease }),
    transaction: {
      gid,
      transType,
      status: lease ? 'submitted' : 'prepared',
      protocol: 'http',
      queryPrepared: '',
      customData: '',
      businessKey: '',
      options: {},
      branches: ['compensate', 'action'].map((op) => ({
        branchId: '01',
        op,
        url: url === undefined ? '' : `${url}/${op}`,
        payload: new Uint8Array(0),
        status: 'prepared',
      })),
    },
  };
}
