/** Calls of a transfer that succeeds. */
export const FORWARD = ['OUT[01 action]', 'IN[02 action]'];

/** Compensations of a transfer whose second step may have run. */
export const BACKWARD = ['IN.rev[02 compensate]', 'OUT.rev[01 compensate]'];

/** Calls of a transfer whose second step is refused. */
export const ROLLED_BACK = [...FORWARD, ...BACKWARD];

/** Calls of a message that is delivered. */
export const DELIVERED = FORWARD;
