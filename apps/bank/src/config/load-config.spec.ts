import { loadConfig } from './load-config';

describe('the configuration of a bank', () => {
  it('has a default for everything', () => {
    expect(loadConfig({})).toEqual({
      BANK_NAME: 'bank-a',
      HTTP_PORT: 0,
      DATABASE_URL: 'sqlite:./data/bank-a.sqlite',
      COORDINATOR_URL: 'http://localhost:36789',
      LOG_LEVEL: 'info',
    });
  });

  it('is read from the environment, where an empty variable counts as not set', () => {
    const environment = { BANK_NAME: 'bank-b', HTTP_PORT: '4001', LOG_LEVEL: '', COORDINATOR_URL: 'http://10.0.0.1:1' };
    expect(loadConfig(environment)).toMatchObject({
      BANK_NAME: 'bank-b',
      HTTP_PORT: 4001,
      DATABASE_URL: 'sqlite:./data/bank-b.sqlite',
      COORDINATOR_URL: 'http://10.0.0.1:1',
      LOG_LEVEL: 'info',
    });
  });

  it.each([
    [{ BANK_NAME: 'Bank A' }, 'BANK_NAME=Bank A must be 1 to 63 lower-case letters, digits or "-"'],
    [{ HTTP_PORT: '70000' }, 'HTTP_PORT=70000 must be from 0 to 65535'],
    [{ HTTP_PORT: 'http' }, 'HTTP_PORT=http must be'],
    [{ COORDINATOR_URL: 'localhost' }, 'COORDINATOR_URL=localhost must be an URL such as http://localhost:36789'],
    [
      { DATABASE_URL: './data/a.sqlite' },
      'DATABASE_URL=./data/a.sqlite must be sqlite:<file>, or mysql:// or postgres://',
    ],
    [{ DATABASE_URL: 'oracle://me:secret@db/bank' }, 'DATABASE_URL=oracle://me:…@db/bank must be sqlite:<file>'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud must be one of fatal, error, warn, info, debug'],
  ])('is refused with key, value and what is allowed: %j', (environment, message) => {
    expect(() => loadConfig(environment)).toThrow(message);
  });
});
