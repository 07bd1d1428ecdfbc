import { parseOptions, UsageError } from './options';

describe('the command line of the demo', () => {
  it('is about sagas on SQLite unless it says otherwise', () => {
    expect(parseOptions([])).toEqual({ modes: ['saga'], store: 'sqlite' });
    expect(parseOptions(['--mode=tcc', '--store=mariadb'])).toEqual({ modes: ['tcc'], store: 'mariadb' });
  });

  it('means every mode that the engine can do by all', () => {
    expect(parseOptions(['--mode=all', '--store=postgres']).modes).toEqual(['saga', 'tcc', 'msg', 'workflow', 'xa']);
    expect(parseOptions(['--mode=all']).modes).toEqual(['saga', 'tcc', 'msg', 'workflow']);
  });

  it.each([
    [['--mode=xa'], /--mode=xa --store=sqlite: SQLite has no XA transactions; use mariadb or postgres/],
    [['--mode=sagas'], /--mode=sagas: must be of saga, tcc, msg, workflow, xa, all/],
    [['--store=oracle'], /--store=oracle: must be of sqlite, mariadb, postgres/],
    [['--modus=saga'], /there are --mode=… --store=…/],
  ])('%j is refused with what is allowed', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
