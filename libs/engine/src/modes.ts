import type { TransType } from '@nestjs-dtx/protocol';
import type { Mode } from './mode';
import { msgMode } from './msg/msg.mode';
import { sagaMode } from './saga/saga.mode';
import { tccMode } from './tcc/tcc.mode';
import { workflowMode } from './workflow/workflow.mode';
import { xaMode } from './xa/xa.mode';

/** Every mode, by transaction type. */
const MODES: Readonly<Record<TransType, Mode>> = {
  saga: sagaMode,
  tcc: tccMode,
  xa: xaMode,
  msg: msgMode,
  workflow: workflowMode,
};

/** @returns the mode of a transaction type. */
export function modeOf(transType: TransType): Mode {
  return MODES[transType];
}
