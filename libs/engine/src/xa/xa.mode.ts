import { OPS } from '@nestjs-dtx/protocol';
import type { Mode } from '../mode';
import { acceptTwoPhase } from '../two-phase/accept';
import { answerTwoPhase } from '../two-phase/answer';
import { decideTwoPhase, type SecondPhase } from '../two-phase/decide';

const PHASE: SecondPhase = {
  commit: OPS.commit,
  rollback: OPS.rollback,
  order: 'forward',
  isConcurrent: () => false,
};

/** Local XA branches of the participants' databases, committed or rolled back by the coordinator in their order (spec 5.3). */
export const xaMode: Mode = {
  transType: 'xa',
  accept: (command, stored, facts) => acceptTwoPhase({ transType: 'xa', command, stored, facts }),
  decide: (state, now) => decideTwoPhase(PHASE, state, now),
  mayFail: () => false,
  answer: answerTwoPhase,
};
