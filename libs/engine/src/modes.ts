import type { TransType } from '@nestjs-dtx/protocol';
import type { Mode } from './mode';
import { sagaMode } from './saga/saga.mode';

/** Every mode that this engine can run, by transaction type. */
const MODES: Partial<Record<TransType, Mode>> = {
  saga: sagaMode,
};

/** @returns the mode, `undefined` for a type that is not built yet. */
export function modeOf(transType: TransType): Mode | undefined {
  return MODES[transType];
}
