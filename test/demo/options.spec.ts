import { parseOptions, UsageError } from './options';

describe('the command line of the demo', () => {
  it('is about sagas on SQLite unless it says otherwise', () => {
    expect(parseOptions([])).toEqual({ modes: ['saga'], store: 'sqlite' });
    expect(parseOptions(['--mode=tcc', '--store=mariadb'])).toEqual({ modes: ['tcc'], store: 'mariadb' });
  });

  it('means every mode by all', () => {
    expect(parseOptions(['--mode=all']).modes).toEqual(['saga', 'tcc', 'msg']);
  });

  it.each([
    [['--mode=sagas'], /--mode=sagas: must be of saga, tcc, msg, all/],
    [['--store=oracle'], /--store=oracle: must be of sqlite, mariadb, postgres/],
    [['--modus=saga'], /there are --mode=… --store=…/],
  ])('%j is refused with what is allowed', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
