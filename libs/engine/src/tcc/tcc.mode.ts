import { OPS } from '@nestjs-dtx/protocol';
import type { Mode } from '../mode';
import { acceptTwoPhase } from '../two-phase/accept';
import { answerTwoPhase } from '../two-phase/answer';
import { decideTwoPhase, type SecondPhase } from '../two-phase/decide';

const PHASE: SecondPhase = {
  commit: OPS.confirm,
  rollback: OPS.cancel,
  order: 'reverse',
  isConcurrent: ({ options }) => options.concurrent === true,
};

/** Try by the client, then confirm or cancel by the coordinator, in reverse order of registration (spec 5.2). */
export const tccMode: Mode = {
  transType: 'tcc',
  accept: (command, stored, facts) => acceptTwoPhase({ transType: 'tcc', command, stored, facts }),
  decide: (state, now) => decideTwoPhase(PHASE, state, now),
  mayFail: () => false,
  answer: answerTwoPhase,
};
