import { problemOf } from './mysql-dialect';

const usable = { logBin: false, binlogFormat: 'STATEMENT' };

describe('a MariaDB or MySQL server', () => {
  test.each([
    '10.6.0-MariaDB',
    '10.11.19-MariaDB-0+deb12u1',
    '11.4.2-MariaDB-log',
    '8.0.17',
    '8.0.36-28',
    '8.4.0',
    '9.1.0',
  ])('%s can be used', (version) => {
    expect(problemOf(/MariaDB/.test(version) ? 'MariaDB' : 'MySQL', { ...usable, version })).toBeUndefined();
  });

  test.each([
    ['10.5.27-MariaDB', 'MariaDB 10.5.27-MariaDB is too old: version 10.6.0 or later is needed'],
    ['5.7.44', 'MySQL 5.7.44 is too old: version 8.0.17 or later is needed'],
    ['8.0.16', 'MySQL 8.0.16 is too old: version 8.0.17 or later is needed'],
    ['', 'MySQL  is too old: version 8.0.17 or later is needed'],
  ])('%s is refused', (version, problem) => {
    expect(problemOf(/MariaDB/.test(version) ? 'MariaDB' : 'MySQL', { ...usable, version })).toBe(problem);
  });

  test('is refused under the name of the other, whose collations it does not know', () => {
    expect(problemOf('MySQL', { ...usable, version: '10.11.19-MariaDB' })).toBe(
      'the server is MariaDB 10.11.19-MariaDB: set STORE_DRIVER=mariadb',
    );
    expect(problemOf('MariaDB', { ...usable, version: '8.4.0' })).toBe(
      'the server is MySQL 8.4.0: set STORE_DRIVER=mysql',
    );
  });

  test('is refused with a binary log that cannot hold our isolation', () => {
    expect(problemOf('MySQL', { version: '8.4.0', logBin: true, binlogFormat: 'STATEMENT' })).toMatch(/binlog_format/);
    expect(problemOf('MySQL', { version: '8.4.0', logBin: true, binlogFormat: 'ROW' })).toBeUndefined();
  });
});
