import { DtxError, ERROR_CODES } from './errors';

/** At most this many children below one parent (spec 1.3). */
const MAX_CHILDREN = 99;
/** A parent id of this length or more has no children: ten levels of nesting (spec 1.3). */
const MAX_PARENT_LENGTH = 20;

/**
 * Branch id of a step that the coordinator numbers itself (saga, msg).
 *
 * @param index zero-based position of the step
 * @returns the one-based number, padded to two digits: `01`, `02` … `99`, `100` (spec 1.3)
 */
export function stepBranchId(index: number): string {
  return String(index + 1).padStart(2, '0');
}

/**
 * Branch id of a client-numbered child (tcc, xa, workflow): the parent's id followed by a two-digit counter.
 *
 * @param parent id of the parent branch, empty for the root
 * @param ordinal one-based number of the child below that parent
 * @throws DtxError `DTX_BRANCH_ID_EXHAUSTED` with the texts that every SDK uses (spec 1.3)
 */
export function childBranchId(parent: string, ordinal: number): string {
  if (ordinal > MAX_CHILDREN) {
    throw new DtxError(ERROR_CODES.branchIdExhausted, 'branch id is larger than 99');
  }
  if (parent.length >= MAX_PARENT_LENGTH) {
    throw new DtxError(ERROR_CODES.branchIdExhausted, 'total branch id is longer than 20');
  }
  return parent + String(ordinal).padStart(2, '0');
}
