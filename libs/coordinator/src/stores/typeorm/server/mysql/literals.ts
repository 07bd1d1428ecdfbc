import type * as Mysql2 from 'mysql2';
import { SqlText } from './sql-text';

/**
 * Printable ASCII without quote and backslash: what means itself between quotes under every `sql_mode` and in every character
 * set that a session may have. Almost all values are made of it.
 */
const SPECIAL = /[^ -&(-[\]-~]/;

/** @returns what stands for a value in a statement; anything else than its own texts, numbers, bytes and NULL is refused */
export function literalOf(value: unknown): string {
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value === 'number') return String(value);
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof SqlText) return value.text;
  if (value instanceof Buffer) return bytesLiteral(value);
  throw new TypeError(`no value of the write path is a ${typeof value}`);
}

/** What is not plain is left to the driver: a look at each text costs less than its way of writing one. */
function textLiteral(text: string): string {
  return SPECIAL.test(text) ? driver().escape(text) : `'${text}'`;
}

/** As text where it means itself, in half as many bytes as it has digits. */
function bytesLiteral(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return SPECIAL.test(text) ? `X'${bytes.toString('hex')}'` : `_binary'${text}'`;
}

/** Loaded late: the package is only there where such a server is used. And once: Node looks at its files at every `require`. */
function driver(): typeof Mysql2 {
  // oxlint-disable-next-line no-require-imports -- see above
  return (loaded ??= require('mysql2') as typeof Mysql2);
}

let loaded: typeof Mysql2 | undefined;
