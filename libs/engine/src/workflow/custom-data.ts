import { InvalidRequestError } from '@nestjs-dtx/protocol';

const FIELD = 'custom_data';
const NO_DATA = new Uint8Array(0);

/** What the resume callback of a workflow carries. */
export interface WorkflowCustomData {
  /** Name under which the workflow is registered in its service; empty if the client gave none. */
  readonly name: string;
  readonly data: Uint8Array;
}

/**
 * Reads the custom data of a workflow: `{"name":string,"data":base64|null}` (spec 9.6).
 *
 * @throws InvalidRequestError when it is no such JSON
 */
export function workflowCustomData(text: string): WorkflowCustomData {
  if (text === '') return { name: '', data: NO_DATA };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InvalidRequestError(FIELD, 'must be JSON text', { cause });
  }
  if (parsed === null || typeof parsed !== 'object') throw new InvalidRequestError(FIELD, 'must hold a JSON object');
  const { name, data } = parsed as { name?: unknown; data?: unknown };
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw new InvalidRequestError(FIELD, 'must have a string as name');
  }
  if (data !== undefined && data !== null && typeof data !== 'string') {
    throw new InvalidRequestError(FIELD, 'must have base64 text or null as data');
  }
  return { name: name ?? '', data: data ? Buffer.from(data, 'base64') : NO_DATA };
}
