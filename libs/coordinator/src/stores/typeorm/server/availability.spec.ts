import { Logger } from '@nestjs/common';
import { Availability } from './availability';

describe('the availability of a database server', () => {
  const lines: string[] = [];

  beforeEach(() => {
    lines.length = 0;
    for (const level of ['log', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation((...line: unknown[]) => void lines.push(String(line[0])));
    }
  });
  afterEach(() => jest.restoreAllMocks());

  test('is told when it changes, and not at every attempt', () => {
    const availability = new Availability('mariadb at db:3306');
    availability.succeeded();
    for (let attempt = 0; attempt < 3; attempt += 1) availability.told(new Error('gone'), 'outage');
    availability.succeeded();
    availability.succeeded();
    availability.told(new Error('full'), 'outage');
    expect(lines).toEqual([
      'mariadb at db:3306 does not answer (gone); tried again with every request',
      'mariadb at db:3306 answers again',
      'mariadb at db:3306 does not answer (full); tried again with every request',
    ]);
  });

  test('is in the error that a caller gets, with its cause', () => {
    const cause = Object.assign(new Error('no words'), { message: '', code: 'ECONNREFUSED' });
    expect(new Availability('db').told(cause, 'outage')).toMatchObject({
      code: 'DTX_STORE_UNAVAILABLE',
      message: 'the store failed: ECONNREFUSED',
      cause,
    });
  });

  test.each(['transient', 'locked'] as const)('is not in question when others keep rows busy (%s)', (kind) => {
    const error = new Availability('db').told(new Error('deadlock'), kind);
    expect(error).toMatchObject({
      code: 'DTX_STORE_UNAVAILABLE',
      message: 'others keep the same rows busy: deadlock',
    });
    expect(lines).toEqual([]);
  });

  test('has nothing to do with a write that is wrong in itself', () => {
    const error = new Error('too long');
    expect(new Availability('db').told(error, 'write')).toBe(error);
    expect(lines).toEqual([]);
  });
});
