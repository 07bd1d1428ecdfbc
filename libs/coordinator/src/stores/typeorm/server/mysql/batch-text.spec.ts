import { BatchText } from './batch-text';

const MEGABYTE = 1024 * 1024;

describe('statements as one text', () => {
  test('have their values, lists and rows in their places', () => {
    const text = new BatchText(MEGABYTE);
    text.add('BEGIN');
    text.add('INSERT INTO a VALUES ?', [
      [
        ['x', 1],
        [null, Buffer.from('y')],
      ],
    ]);
    text.add('UPDATE a SET b = ? WHERE c IN (?) AND d = ?', ['?', ['s', "t'"], 2]);
    expect(text.whole).toBe(
      "BEGIN;\nINSERT INTO a VALUES ('x',1),(NULL,_binary'y');\nUPDATE a SET b = '?' WHERE c IN ('s','t\\'') AND d = 2",
    );
  });

  test('are none when there is no room for them, counted in bytes', () => {
    const whole = (list: readonly string[]) => {
      const text = new BatchText(100);
      text.add('SELECT ?', [list]);
      return text.whole;
    };
    expect(whole(['x'.repeat(91)])).toHaveLength(100);
    expect(whole(['x'.repeat(92)])).toBeUndefined();
    expect(whole(['漢'.repeat(31)])).toBeUndefined();
  });

  test('are given up early: no text could hold all that a batch may', () => {
    const rows = Array.from({ length: 1000 }, () => [Buffer.alloc(MEGABYTE)]);
    const text = new BatchText(MEGABYTE);
    text.add('INSERT INTO a VALUES ?', [rows]);
    text.add('INSERT INTO a VALUES ?', [rows]);
    expect(text.whole).toBeUndefined();
  });
});
