import * as sql from './postgres-sql';
import { settingsOf, withStatementSettings } from './statement-settings';

describe('the statements of a PostgreSQL connection', () => {
  it('have a name when they are those of the write path, so that the server plans them once', () => {
    expect(settingsOf(sql.LOCK, true)).toMatchObject({ name: 'dtx_LOCK', text: sql.LOCK });
    expect(settingsOf('SELECT * FROM trans_global WHERE status = $1', true)).not.toHaveProperty('name');
  });

  it('have names that differ', () => {
    const names = Object.values(sql).map((text) => settingsOf(text, true).name);
    expect(new Set(names).size).toBe(Object.keys(sql).length);
  });

  it('have no name without values: the server takes them as they are', () => {
    expect(settingsOf(sql.COMMIT, false)).not.toHaveProperty('name');
  });

  it('are given up when a hung server does not answer, except those that may take long', () => {
    for (const text of [...Object.values(sql), 'SELECT 1']) {
      expect(settingsOf(text, true).query_timeout).toBeGreaterThan(1000);
    }
    expect(settingsOf('CREATE INDEX a ON b (c)', false)).not.toHaveProperty('query_timeout');
  });

  it('reach the driver with their values, and what is no text as it is', () => {
    const received: unknown[][] = [];
    const client = { query: (...args: unknown[]) => received.push(args) };
    withStatementSettings(client);
    client.query(sql.LOCK, [['a']]);
    client.query({ text: 'SELECT 1' });
    expect(received).toEqual([[settingsOf(sql.LOCK, true), [['a']]], [{ text: 'SELECT 1' }]]);
  });
});
