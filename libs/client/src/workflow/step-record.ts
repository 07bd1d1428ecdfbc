import { createHash } from 'node:crypto';
import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { jsonObjectOf } from '../http/answer-text';
import type { RecordedStep, StepIdentity, StepKey, StepOutcome, StepRow } from './step';

/** Tells our rows from those of other SDKs, whose `data` is the bare result; its value is the version of the layout. */
const MARK = 'nestjs-dtx';
const VERSION = 1;

/** Hex digits of a digest: a slip is to be found, not an attack. */
const DIGEST_LENGTH = 16;

/**
 * Writes a step's outcome as JSON text, which survives the way through a JSON string and a text column (Q30), beside the
 * identity that a replay compares.
 *
 * @param outcome whose value {@link jsonCopy} has made
 */
export function encodeStep(key: StepKey, identity: StepIdentity, outcome: StepOutcome): StepRow {
  const { name, kind, input } = identity;
  const about = { [MARK]: VERSION, step: name, kind, ...(input !== undefined && { input }) };
  return outcome.kind === 'success'
    ? { ...key, status: 'succeed', data: JSON.stringify({ ...about, result: outcome.value }) }
    : { ...key, status: 'failed', data: JSON.stringify({ ...about, error: outcome.reason }) };
}

/**
 * Reads a row: one of ours, or one that another SDK of the protocol wrote, whose data is the result itself, or for a failed
 * step the error's text (spec 9.6).
 *
 * @throws DtxError `DTX_WORKFLOW_CHANGED` for a row of ours in a layout of the future
 */
export function decodeStep({ branchId, op, status, data }: StepRow): RecordedStep {
  const ours = data.startsWith(`{"${MARK}":`) ? jsonObjectOf(data) : undefined;
  if (!ours) return { branchId, op, outcome: foreignOutcome(status, data) };
  if (ours[MARK] !== VERSION) {
    throw new DtxError(
      ERROR_CODES.workflowChanged,
      `branch ${branchId} was recorded by a later version of this library: resume the workflow with that one`,
    );
  }
  const { step, kind, input, result, error } = ours;
  const identity = { name: step, kind, ...(input !== undefined && { input }) } as StepIdentity;
  const outcome: StepOutcome =
    status === 'succeed' ? { kind: 'success', value: result } : { kind: 'failure', reason: String(error) };
  return { branchId, op, identity, outcome };
}

/** @returns a digest of a step's input, the same for the same text. */
export function digestOf(input: string | Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, DIGEST_LENGTH);
}

/** @returns the value of a text that some JSON was written to, or the text itself if it is none; undefined for an empty one. */
export function valueOfText(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function foreignOutcome(status: StepRow['status'], data: string): StepOutcome {
  return status === 'succeed' ? { kind: 'success', value: valueOfText(data) } : { kind: 'failure', reason: data };
}
