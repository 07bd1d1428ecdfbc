import fc from 'fast-check';
import { mysqlTakeOver } from './mysql-take-over';
import { localOffsets, type LocalOffsets } from './time-zone';

const FROM = Date.UTC(2021, 0, 1);
const TO = Date.UTC(2036, 0, 1);
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  // Half an hour of daylight saving.
  'Australia/Lord_Howe',
  // Sets its clocks back for a month of each year.
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Asia/Shanghai',
  'UTC',
];

const offsets = new Map(ZONES.map((zone) => [zone, localOffsets(zone, FROM, TO)]));

/** What clocks of the zone show, by another way than the code under test. */
function shown(instant: number, zone: string): string {
  return new Date(instant).toLocaleString('sv-SE', { timeZone: zone });
}

function instantOf(local: string, { initialSeconds, changes }: LocalOffsets): number {
  const seconds = changes.findLast(({ from }) => local >= from)?.seconds ?? initialSeconds;
  return Date.parse(`${local.replace(' ', 'T')}Z`) - seconds * 1000;
}

const seconds = fc.integer({ min: FROM / 1000, max: TO / 1000 - 1 });
const zone = fc.constantFrom(...ZONES);

describe('a local time', () => {
  it('that a clock showed is the first instant at which it did', () => {
    fc.assert(
      fc.property(seconds, zone, (second, name) => {
        const local = shown(second * 1000, name);
        const found = instantOf(local, offsets.get(name)!);
        expect(shown(found, name)).toBe(local);
        expect(found).toBeLessThanOrEqual(second * 1000);
        // No clock has shown it before: clocks are set back by at most a few hours.
        const earlier = [1800, 3600, 7200, 10_800].map((back) => shown(found - back * 1000, name));
        expect(earlier).not.toContain(local);
      }),
      { numRuns: 300 },
    );
  });

  it('that no clock showed is read as if the clocks had not been set forward yet', () => {
    expect(instantOf('2024-03-31 02:30:00', offsets.get('Europe/Berlin')!)).toBe(Date.UTC(2024, 2, 31, 1, 30));
  });
});

describe('a time zone', () => {
  it('has the changes of its calendar', () => {
    const { initialSeconds, changes } = localOffsets('Europe/Berlin', Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1));
    expect(initialSeconds).toBe(3600);
    expect(changes).toEqual([
      { from: '2024-03-31 03:00:00', seconds: 7200 },
      { from: '2024-10-27 03:00:00', seconds: 3600 },
    ]);
  });

  it.each([
    ['+08:00', 28_800],
    ['+8', 28_800],
    ['-0330', -12_600],
    ['+0', 0],
  ])('may be the offset %s', (offset, initialSeconds) => {
    expect(localOffsets(offset, FROM, TO)).toEqual({ initialSeconds, changes: [] });
  });

  it.each(['', 'Berlin', 'Europe/Atlantis', '+15', '+08:60', "UTC'", 'UTC; DROP'])('is not %p', (text) => {
    expect(() => localOffsets(text, FROM, TO)).toThrow(
      expect.objectContaining({ code: 'DTX_INVALID_CONFIG', message: expect.stringContaining('is no time zone') }),
    );
  });

  it('is an expression of MySQL with the newest change first', () => {
    const berlin = localOffsets('Europe/Berlin', Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1));
    expect(mysqlTakeOver.instant('t', berlin)).toBe(
      "t - INTERVAL CASE WHEN t >= '2024-10-27 03:00:00' THEN 3600 WHEN t >= '2024-03-31 03:00:00' THEN 7200 ELSE 3600 END SECOND",
    );
    expect(mysqlTakeOver.instant('t', localOffsets('+1', FROM, TO))).toBe('t - INTERVAL 3600 SECOND');
  });
});
