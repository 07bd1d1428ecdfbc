import { format } from 'mysql2';
import { inStatements, sizeOf } from './statement-size';

const MEGABYTE = 1024 * 1024;
const ROWS = [
  ['plain', 1, null],
  ['quotes \' " \\ \n \0', -1234567.25, '2026-01-02 03:04:05.678'],
  ['ж漢😀', Buffer.from([0, 255, 10]), '\u007f'],
];

describe('rows of a statement', () => {
  test.each(ROWS)('never take more than is counted (%p, %p, %p)', (...row) => {
    const written = Buffer.byteLength(format('?', [[row]]));
    expect(sizeOf(row)).toBeGreaterThanOrEqual(written);
  });

  test('are counted with all that is in them', () => {
    expect(sizeOf([ROWS])).toBeGreaterThanOrEqual(ROWS.reduce((sum, row) => sum + sizeOf(row), 0));
    expect(sizeOf([1, ['a', 'b']])).toBeGreaterThanOrEqual(Buffer.byteLength("1, 'a', 'b'"));
  });

  test('are divided so that no statement is larger than the server takes, in their order', () => {
    const rows = Array.from({ length: 100 }, (_, index) => [index, Buffer.alloc(30_000)]);
    const statements = inStatements(rows, MEGABYTE);
    expect(statements.length).toBeGreaterThan(1);
    for (const statement of statements) {
      expect(Buffer.byteLength(format('?', [statement]))).toBeLessThan(MEGABYTE);
    }
    expect(statements.flat()).toEqual(rows);
  });

  test('stay together where a larger server takes them', () => {
    const rows = Array.from({ length: 10 }, (_, index) => [index, 'x']);
    expect(inStatements(rows, 64 * MEGABYTE)).toEqual([rows]);
    expect(inStatements([], MEGABYTE)).toEqual([]);
  });

  test('may be large, alone', () => {
    const rows = [['a'], [Buffer.alloc(2 * MEGABYTE)], ['b']];
    expect(inStatements(rows, 16 * MEGABYTE)).toEqual([[rows[0]], [rows[1]], [rows[2]]]);
  });

  test('that no statement can hold are refused before they end the session', () => {
    expect(() => inStatements([[Buffer.alloc(MEGABYTE / 2)]], MEGABYTE)).toThrow(
      expect.objectContaining({
        code: 'DTX_BODY_TOO_LARGE',
        message: expect.stringContaining(`max_allowed_packet is ${MEGABYTE}`),
      }),
    );
  });
});
