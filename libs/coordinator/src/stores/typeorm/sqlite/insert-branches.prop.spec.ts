import type { Branch } from '@nestjs-dtx/engine';
import { openSqlite } from '@nestjs-dtx/sqlite';
import fc from 'fast-check';
import { insertBranches } from './insert-branches';
import { SqliteConnection } from './sqlite-connection';

const TABLE = `CREATE TABLE trans_branch_op (id INTEGER PRIMARY KEY, gid TEXT, create_time TEXT, update_time TEXT, url TEXT,
  bin_data BLOB, branch_id TEXT, op TEXT, status TEXT)`;

const payloads = [new Uint8Array([1]), new Uint8Array([2, 0, 3]), new Uint8Array(0)];
const payload = fc.constantFrom(...payloads);
const status = fc.constantFrom<Branch['status']>('prepared', 'prepared', 'prepared', 'succeed');
const url = fc.constantFrom('', 'http://a', 'http://b');
const branchId = fc.nat({ max: 30 }).map(String);
const op = fc.constantFrom('action', 'action', 'compensate');

const single: fc.Arbitrary<Branch[]> = fc.record({ branchId, op, url, payload, status }).map((branch) => [branch]);
const pair: fc.Arbitrary<Branch[]> = fc
  .record({ branchId, payload, urls: fc.tuple(url, url) })
  .map(({ urls, ...shared }) => [
    { ...shared, op: 'compensate', url: urls[0], status: 'prepared' },
    { ...shared, op: 'action', url: urls[1], status: 'prepared' },
  ]);
/** Pairs, then what may not be one: also behind so many rows that it is in a statement of its own. */
const branches = fc
  .tuple(fc.array(pair, { maxLength: 20 }), fc.array(fc.oneof(single, pair), { maxLength: 6 }))
  .map((parts) => parts.flat(2));

describe('the branches of a transaction', () => {
  test('are stored in their order, each with its own values, in pairs or not', () => {
    const database = openSqlite(':memory:');
    database.exec(TABLE);
    const connection = new SqliteConnection(database);
    fc.assert(
      fc.property(branches, (rows) => {
        connection.execute('DELETE FROM trans_branch_op');
        insertBranches(connection, { gid: 'g', branches: rows }, 'now');
        const stored = connection.all('SELECT * FROM trans_branch_op ORDER BY id');
        expect(stored).toEqual(
          rows.map((row, index) => ({
            id: index + 1,
            gid: 'g',
            create_time: 'now',
            update_time: 'now',
            url: row.url,
            bin_data: row.payload,
            branch_id: row.branchId,
            op: row.op,
            status: row.status,
          })),
        );
      }),
    );
    database.close();
  });
});
