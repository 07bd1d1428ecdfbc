import { PendingStatements } from './pending-statements';

const MEGABYTE = 1024 * 1024;

describe('statements that wait for the commit', () => {
  let pending: PendingStatements;

  beforeEach(() => {
    pending = new PendingStatements();
  });

  test('go together, in order, with their values', () => {
    pending.add('UPDATE a SET b = ? WHERE c IN (?)', [1, ['x', 'y']], 10);
    pending.add('COMMIT', [], 0);
    const text = 'UPDATE a SET b = ? WHERE c IN (?);\nCOMMIT';
    expect(pending.take()).toEqual({ text, values: [1, ['x', 'y']], count: 2 });
    expect(pending.isEmpty).toBe(true);
    expect(pending.take()).toEqual({ text: '', values: [], count: 0 });
  });

  test('are forgotten with a rollback', () => {
    pending.add('UPDATE a SET b = ?', [1], 10);
    pending.clear();
    expect(pending.isEmpty).toBe(true);
  });

  test('have room as long as the server takes them at once, and they stay of a reasonable size', () => {
    pending.add('INSERT INTO a VALUES ?', [[['x']]], 600_000);
    expect(pending.hasRoom(300_000, MEGABYTE)).toBe(true);
    expect(pending.hasRoom(600_000, MEGABYTE)).toBe(false);
    expect(pending.hasRoom(600_000, 64 * MEGABYTE)).toBe(false);
    pending.take();
    expect(pending.hasRoom(600_000, MEGABYTE)).toBe(true);
  });

  test('always have room for a first one: it is not larger than the server takes', () => {
    expect(pending.hasRoom(8 * MEGABYTE, 16 * MEGABYTE)).toBe(true);
  });
});
