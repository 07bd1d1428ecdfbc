import type { TransType } from '@nestjs-dtx/protocol';
import {
  acceptAbort,
  acceptForceStop,
  acceptPrepare,
  acceptSubmit,
  refuseRegistration,
  refuseUnknown,
} from '../accept';
import type { Acceptance, Command, Facts, StoredTransaction } from '../command';
import { createPrepared, createSubmitted } from '../prepared';

/** What accepting a command to one of these types needs to know. */
export interface Accepting {
  readonly transType: Extract<TransType, 'tcc' | 'xa'>;
  readonly command: Command;
  readonly stored: StoredTransaction | undefined;
  readonly facts: Facts;
}

/**
 * Commands to a transaction whose branches are registered one by one and then confirmed or cancelled together (tcc and xa,
 * spec 2.5–2.8). A submit of an unknown gid is accepted, and succeeds at once: there is nothing to confirm (spec 1.6).
 */
export function acceptTwoPhase({ transType, command, stored, facts }: Accepting): Acceptance {
  switch (command.kind) {
    case 'prepare':
      return acceptPrepare(stored, command.request, () => createPrepared(transType, command.request, [], facts));
    case 'submit':
      return acceptSubmit(stored, command.request, () => createSubmitted(transType, command.request, []));
    case 'abort':
      return stored ? acceptAbort(stored, command.rollbackReason) : refuseUnknown(command.gid);
    case 'register':
      if (stored?.status !== 'prepared' || stored.transType !== command.transType) {
        return refuseRegistration(command, stored);
      }
      return { accept: 'append', transType, branches: command.branches, idempotent: true, interrupts: true };
    case 'forceStop':
      return stored ? acceptForceStop(stored) : refuseUnknown(command.gid);
  }
}
