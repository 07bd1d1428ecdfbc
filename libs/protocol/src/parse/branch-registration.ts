import type { BranchRegistration, RegisteredBranch } from '../branch-registration';
import { InvalidRequestError } from '../errors';
import { MAX_BRANCH_ID_LENGTH, MAX_OP_LENGTH, type RequestLimits } from '../limits';
import { OPS } from '../vocabulary';
import { checkGid } from './gid';
import { checkUrl } from './url';

/** A flat object of strings, as every SDK sends it (spec 2.8). */
type Texts = Readonly<Record<string, string | null | undefined>>;

const CONTROL = /[\p{Cc}\p{Cs}]/u;

/**
 * Validates a `registerBranch` request (spec 2.8): which rows it adds follows from its `trans_type`.
 *
 * @param fields flat, every value a string or null
 * @throws InvalidRequestError naming the first wrong field
 */
export function parseBranchRegistration(fields: Texts, limits: RequestLimits): BranchRegistration {
  return readBranchRegistration(fields, Buffer.from(fields['data'] ?? '', 'utf8'), limits);
}

/** The same with the payload as bytes. @throws InvalidRequestError naming the first wrong field */
export function readBranchRegistration(fields: Texts, payload: Uint8Array, limits: RequestLimits): BranchRegistration {
  const gid = checkGid(fields['gid'] ?? '');
  const branchId = checkedId(fields['branch_id'] ?? '');
  if (payload.byteLength > limits.payloadBytes) {
    throw new InvalidRequestError('data', `must not be larger than ${limits.payloadBytes} bytes`);
  }
  const transType = fields['trans_type'] ?? '';
  switch (transType) {
    case 'tcc': {
      const cancel = checkUrl(fields['cancel'] ?? '', 'cancel');
      const confirm = checkUrl(fields['confirm'] ?? '', 'confirm');
      return { gid, transType, branches: pair({ branchId, payload }, [OPS.cancel, cancel], [OPS.confirm, confirm]) };
    }
    case 'xa': {
      const url = checkUrl(fields['url'] ?? '', 'url');
      return { gid, transType, branches: pair({ branchId, payload }, [OPS.rollback, url], [OPS.commit, url]) };
    }
    case 'workflow':
      return { gid, transType, branches: [{ branchId, url: '', payload, ...progressOf(fields) }] };
    default:
      // The first words are the protocol's; its text goes on with what the client sent.
      throw new InvalidRequestError('trans_type', 'unknow trans type: it must be tcc, xa or workflow');
  }
}

function pair(
  branch: Pick<RegisteredBranch, 'branchId' | 'payload'>,
  undo: readonly [op: string, url: string],
  go: readonly [op: string, url: string],
): RegisteredBranch[] {
  return [undo, go].map(([op, url]) => ({ ...branch, op, url, status: 'prepared' }));
}

/** What an SDK has done, and what came of it. Older ones call the operation `branch_type`. */
function progressOf(fields: Texts): Pick<RegisteredBranch, 'op' | 'status'> {
  const op = [fields['op'], fields['branch_type']].find((text) => text) ?? '';
  if (op === '' || op.length > MAX_OP_LENGTH || CONTROL.test(op)) {
    throw new InvalidRequestError('op', `must have 1 to ${MAX_OP_LENGTH} characters`);
  }
  const status = fields['status'] ?? '';
  if (status !== 'succeed' && status !== 'failed') throw new InvalidRequestError('status', 'must be succeed or failed');
  return { op, status };
}

function checkedId(branchId: string): string {
  if (branchId === '' || branchId.length > MAX_BRANCH_ID_LENGTH || CONTROL.test(branchId)) {
    throw new InvalidRequestError('branch_id', `must have 1 to ${MAX_BRANCH_ID_LENGTH} characters`);
  }
  return branchId;
}
