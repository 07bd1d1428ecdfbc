import type { Mode } from '@nestjs-dtx/engine';
import type { TransType } from '@nestjs-dtx/protocol';

/**
 * Stands in for a mode that only another version has, when the store holds transactions of it: each of them is set aside by
 * its run, with this as its error, and everything else goes on.
 */
export function missingMode(transType: TransType): Mode {
  const message = `this version has no mode ${transType}`;
  return {
    transType,
    accept: () => ({ accept: 'refuse', kind: 'invalid', field: 'trans_type', message: `trans_type: ${message}` }),
    decide: () => {
      throw new Error(message);
    },
    mayFail: () => false,
    answer: () => ({ result: 'error', message }),
  };
}
