import type { AdvanceWrite, AppendWrite, ChangeWrite, InsertWrite, LeaseRequest } from '@nestjs-dtx/coordinator';
/** Long enough that it never ends during a test. */
export declare const LONG_LEASE: LeaseRequest;
/** Over as soon as it is taken. */
export declare const ENDED_LEASE: LeaseRequest;
/** A two-step saga to insert: prepared, or submitted under the given lease. */
export declare function insertWrite(gid?: string, lease?: LeaseRequest): InsertWrite;
/** The outcome of step one, as the holder of that epoch records it. */
export declare function outcomeWrite(gid: string, epoch: number): AdvanceWrite;
/** The end of a run: not due again for a minute. */
export declare function parkWrite(gid: string, epoch: number, dueInMs?: number | null): AdvanceWrite;
/** The final status, as the holder of that epoch records it. */
export declare function finishWrite(gid: string, epoch: number, status?: 'succeed' | 'failed'): AdvanceWrite;
export declare function submitWrite(gid: string, lease?: LeaseRequest): ChangeWrite;
export declare function forceStopWrite(gid: string): ChangeWrite;
export declare function registerWrite(gid: string, branchId?: string): AppendWrite;
