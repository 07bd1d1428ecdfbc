import { QueryFailedError } from 'typeorm';
import { isSessionLost, isUnforeseen, kindOf } from './mysql-errors';

function serverError(errno: number): Error {
  return new QueryFailedError('SELECT 1', [], Object.assign(new Error('refused'), { errno }));
}

const LOST = [
  [
    'a refused connection',
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' }),
  ],
  ['several addresses that all refuse', new AggregateError([new Error('::1 refused')], 'no address answers')],
  ['a lost connection', Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true })],
  [
    'a command too late',
    Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true }),
  ],
  ['a pool that is closed', new Error('Pool is closed.')],
] as const;

describe('an error of MariaDB or MySQL', () => {
  test.each([1213, 1020, 3101])('%i asks to try the same again', (errno) => {
    expect(kindOf(serverError(errno))).toBe('transient');
  });

  test.each([1205, 3572])('%i tells that somebody keeps a row locked', (errno) => {
    expect(kindOf(serverError(errno))).toBe('locked');
  });

  test.each([
    [1040, 'too many connections'],
    [1045, 'wrong password'],
    [1053, 'shutting down'],
    [1114, 'table full'],
    [1146, 'no such table'],
    [1290, 'read-only'],
    [1317, 'interrupted'],
    [1927, 'connection killed'],
    [1047, 'not part of its cluster'],
  ])('%i stops every write: %s', (errno) => {
    expect(kindOf(serverError(errno))).toBe('outage');
    expect(isSessionLost(serverError(errno))).toBe(false);
  });

  test.each(LOST)('%s stops every write, and nothing is left to roll back', (_name, error) => {
    for (const told of [error, new QueryFailedError('SELECT 1', [], error)]) {
      expect([kindOf(told), isSessionLost(told)]).toEqual(['outage', true]);
    }
  });

  test.each([
    [1406, 'too long for its column'],
    [1062, 'exists already'],
    [1366, 'no text of the character set'],
    [1064, 'no SQL'],
  ])('%i is the fault of one write: %s', (errno) => {
    expect(kindOf(serverError(errno))).toBe('write');
  });

  test.each([new Error('anything'), 'a text', undefined, null, { driverError: undefined }])(
    'that is none (%p) is the fault of one write',
    (error) => {
      expect([kindOf(error), isSessionLost(error)]).toEqual(['write', false]);
    },
  );

  test.each([
    [1690, "BIGINT UNSIGNED value is out of range in '18446744073709551615 + (count(0) <> 1)'", true],
    [1062, "Duplicate entry 'a' for key 'trans_global_gid'", true],
    [1062, "Duplicate entry 'a-01-action' for key 'trans_branch_op_gid_branch'", false],
    [1213, 'Deadlock found', false],
  ])('%i tells whether a batch was as foreseen: %s', (errno, message, expected) => {
    expect(isUnforeseen(Object.assign(new Error(message), { errno }))).toBe(expected);
  });

  test.each([
    ["Duplicate entry 'a' for key 'trans_global_gid'", 'transient'],
    ["Duplicate entry 'a' for key 'trans_global.trans_global_gid'", 'transient'],
    ["Duplicate entry 'a-01-action' for key 'trans_branch_op_gid_branch'", 'write'],
  ])('1062 asks to try again only where the gid was taken meanwhile: %s', (message, kind) => {
    expect(kindOf(Object.assign(new Error(message), { errno: 1062 }))).toBe(kind);
  });
});
