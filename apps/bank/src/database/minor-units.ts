import type { ValueTransformer } from 'typeorm';

/**
 * Amounts are whole numbers of minor units, such as cents: a fraction of those cannot be paid, and floating point loses
 * them. Their column is a bigint, which some drivers read as text, as it may hold more than a number can.
 */
export const MINOR_UNITS: ValueTransformer = {
  to: (amount: number): number => amount,
  from: (stored: number | string): number => {
    const amount = Number(stored);
    if (!Number.isSafeInteger(amount)) throw new RangeError(`an amount of ${stored} minor units is too large`);
    return amount;
  },
};
