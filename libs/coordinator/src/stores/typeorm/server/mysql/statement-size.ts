import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import { SqlText } from './sql-text';

/** Above this a statement gains nothing by being larger. Bytes. */
const ENOUGH_BYTES = 1024 * 1024;
/** What a statement says besides its rows. */
const HEAD_BYTES = 16 * 1024;
/** Most bytes of an UTF-16 unit, escaped or encoded. */
const BYTES_PER_UNIT = 3;
/** A buffer is written as two digits a byte. */
const BYTES_PER_BYTE = 2;
/** Most bytes of a value apart from its text: comma and quotes; also of a number, a time and NULL. */
const BYTES_PER_VALUE = 28;

/** @returns at least as many bytes as the values, and those in lists and rows of them, take in a statement */
export function sizeOf(values: readonly unknown[]): number {
  let bytes = 0;
  for (const value of values) {
    bytes += BYTES_PER_VALUE;
    if (typeof value === 'string') bytes += value.length * BYTES_PER_UNIT;
    else if (value instanceof Buffer) bytes += value.length * BYTES_PER_BYTE;
    else if (value instanceof SqlText) bytes += value.text.length;
    else if (Array.isArray(value)) bytes += sizeOf(value);
  }
  return bytes;
}

/** @returns how many bytes of values go into one statement, where the server takes statements of `most` bytes */
export function roomOf(most: number): number {
  return Math.min(ENOUGH_BYTES, most - HEAD_BYTES);
}

/**
 * Divides rows into statements of a reasonable size.
 *
 * @param most bytes of the largest statement that the server takes (`max_allowed_packet`)
 * @throws DtxError `DTX_BODY_TOO_LARGE` for a row that no statement holds
 */
export function inStatements<Row extends readonly unknown[]>(rows: readonly Row[], most: number): Row[][] {
  const room = roomOf(most);
  const statements: Row[][] = [];
  let bytes = Infinity;
  for (const row of rows) {
    const size = checkSize(row, most);
    if (bytes + size > room) {
      statements.push([]);
      bytes = 0;
    }
    statements.at(-1)!.push(row);
    bytes += size;
  }
  return statements;
}

/**
 * Refuses what no statement holds: the server would end the session, and with it the whole batch.
 *
 * @returns the size of the values. Bytes
 * @throws DtxError `DTX_BODY_TOO_LARGE`
 */
export function checkSize(values: readonly unknown[], most: number): number {
  const size = sizeOf(values);
  if (size <= most - HEAD_BYTES) return size;
  throw new DtxError(
    ERROR_CODES.bodyTooLarge,
    `the transaction is too large for the database: up to ${size} bytes at once, where max_allowed_packet is ${most}`,
  );
}
