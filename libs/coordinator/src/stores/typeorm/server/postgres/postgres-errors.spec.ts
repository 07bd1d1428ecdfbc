import { QueryFailedError } from 'typeorm';
import { kindOf } from './postgres-errors';

/** As the driver makes it of what the server says, and TypeORM around it. */
function serverError(code: string): QueryFailedError {
  return new QueryFailedError('SELECT 1', [], Object.assign(new Error('error: as the server words it'), { code }));
}

function socketError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code, errno: -111, syscall: 'connect' });
}

describe('an error of PostgreSQL', () => {
  it.each(['40001', '40P01'])('%s asks to try the same again', (code) => {
    expect(kindOf(serverError(code))).toBe('transient');
  });

  it.each([
    ['trans_global_gid', 'transient'],
    ['trans_branch_op_gid_branch', 'write'],
  ])('23505 asks to try again only where the gid was taken meanwhile: %s', (constraint, kind) => {
    const cause = Object.assign(new Error('duplicate key value'), { code: '23505', constraint });
    expect(kindOf(new QueryFailedError('INSERT', [], cause))).toBe(kind);
  });

  it('55P03 tells that somebody keeps a row locked', () => {
    expect(kindOf(serverError('55P03'))).toBe('locked');
  });

  it.each([
    ['08006', 'connection failure'],
    ['57P01', 'shut down by an administrator'],
    ['57P02', 'shut down by a crash'],
    ['57P03', 'starting up'],
    ['53100', 'disk full'],
    ['53300', 'too many connections'],
    ['58030', 'input/output error'],
    ['25006', 'read-only server'],
    ['25P03', 'silent inside a transaction'],
    ['28P01', 'wrong password'],
    ['3D000', 'unknown database'],
    ['42501', 'no privilege'],
    ['42P01', 'no such table'],
    ['26000', 'prepared statement lost'],
    ['57014', 'cancelled'],
  ])('%s (%s) means that nothing can be written', (code) => {
    expect(kindOf(serverError(code))).toBe('outage');
  });

  it.each([
    ['22001', 'text too long'],
    ['22021', 'NUL in a text'],
    ['22P02', 'text that is no value'],
    ['23502', 'null value'],
    ['54000', 'over a limit'],
    ['XX000', 'internal error'],
  ])('%s (%s) is the fault of one write', (code) => {
    expect(kindOf(serverError(code))).toBe('write');
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])(
    '%s of the socket is an outage',
    (code) => {
      expect(kindOf(socketError(code))).toBe('outage');
      expect(kindOf(new QueryFailedError('SELECT 1', [], socketError(code)))).toBe('outage');
    },
  );

  it('is an outage when no address of a name answers', () => {
    expect(kindOf(new AggregateError([socketError('ECONNREFUSED'), socketError('EHOSTUNREACH')], 'connect'))).toBe(
      'outage',
    );
  });

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Query read timeout',
    'timeout exceeded when trying to connect',
    'Cannot use a pool after calling end on the pool',
    'Received unexpected dataRow message from backend.',
    'Query runner already released. Cannot run queries anymore.',
  ])('of the driver "%s" is an outage', (message) => {
    expect(kindOf(new Error(message))).toBe('outage');
    expect(kindOf(new QueryFailedError('SELECT 1', [], new Error(message)))).toBe('outage');
  });

  it.each([new TypeError('payload is not iterable'), new Error('something else'), 'a text', undefined])(
    'of another kind is the fault of one write: %s',
    (error) => {
      expect(kindOf(error)).toBe('write');
    },
  );
});
