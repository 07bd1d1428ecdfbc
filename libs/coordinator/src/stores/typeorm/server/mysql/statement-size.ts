import { DtxError, ERROR_CODES } from '@nestjs-dtx/protocol';
import type { Row } from './mysql-values';

/** Above this a statement gains nothing by being larger. Bytes. */
const ENOUGH_BYTES = 1024 * 1024;
/** Most bytes of an UTF-16 unit in a statement, escaped or encoded. */
const BYTES_PER_UNIT = 3;
/** A buffer is written as two digits a byte. */
const BYTES_PER_BYTE = 2;
/** Most bytes of a value apart from its text, with the comma and quotes; also of a number and of NULL. */
const BYTES_PER_VALUE = 24;
/** What a statement says besides its rows. */
const HEAD_BYTES = 4096;

/**
 * Divides rows into statements of a reasonable size, as the server ends a session that sends a larger one than it takes.
 *
 * @param most bytes of the largest statement that the session may send
 * @throws DtxError `DTX_BODY_TOO_LARGE` for a row that no statement can hold
 */
export function statementsOf<T extends Row>(rows: readonly T[], most: number): T[][] {
  const limit = Math.min(ENOUGH_BYTES, most - HEAD_BYTES);
  const statements: T[][] = [];
  let bytes = Infinity;
  for (const row of rows) {
    const size = sizeOf(row);
    if (size > most - HEAD_BYTES) throw tooLarge(size, most);
    if (bytes + size > limit) {
      statements.push([]);
      bytes = 0;
    }
    statements.at(-1)!.push(row);
    bytes += size;
  }
  return statements;
}

/** Never less than the row takes in a statement. */
function sizeOf(row: Row): number {
  let bytes = 0;
  for (const value of row) {
    bytes += BYTES_PER_VALUE;
    if (typeof value === 'string') bytes += value.length * BYTES_PER_UNIT;
    else if (value instanceof Buffer) bytes += value.length * BYTES_PER_BYTE;
  }
  return bytes;
}

function tooLarge(size: number, most: number): DtxError {
  return new DtxError(
    ERROR_CODES.bodyTooLarge,
    `the transaction is too large for the database: a row of about ${size} bytes, where max_allowed_packet is ${most}`,
  );
}
