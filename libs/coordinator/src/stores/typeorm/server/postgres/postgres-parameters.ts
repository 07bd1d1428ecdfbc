/** A parameter as the protocol takes it. */
export type TextParameter = string | null;

/** @returns a value of a statement, arrays included, in PostgreSQL's own notation */
export function parameterOf(value: unknown): TextParameter {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? arrayOf(value) : scalarOf(value);
}

/** Most columns hold one kind of value and nothing to escape: looked at together they take a fraction of the time. */
function arrayOf(values: readonly unknown[]): string {
  if (values.length === 0) return '{}';
  if (values.every(isText) && !NEEDS_ESCAPE.test(values.join(''))) return `{"${values.join('","')}"}`;
  if (values.every(isNumber)) return `{${values.join(',')}}`;
  if (values.every(isBytes)) return `{"\\${values.map(bytesOf).join('","\\')}"}`;
  return `{${elementsOf(values)}}`;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isBytes = (value: unknown): value is ArrayBufferView => ArrayBuffer.isView(value);

/** Neighbours are often alike, as the options of most transactions are. */
function elementsOf(values: readonly unknown[]): string {
  let text = '';
  let last: unknown;
  let element = '';
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (index === 0 || value !== last) element = elementOf(value);
    last = value;
    text += index > 0 ? `,${element}` : element;
  }
  return text;
}

function elementOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number') return String(value);
  // The only characters that mean something between quotes.
  const text = scalarOf(value);
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(ESCAPED, '\\$&')}"` : `"${text}"`;
}

const NEEDS_ESCAPE = /["\\]/;
const ESCAPED = /["\\]/g;

function scalarOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isBytes(value)) return bytesOf(value);
  if (typeof value === 'number') return String(value);
  throw new TypeError(`no parameter of the write path is a ${typeof value}`);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return `\\x${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
}
