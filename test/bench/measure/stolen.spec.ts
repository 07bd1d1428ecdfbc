import { processorTicks, stolenShare, ticksIn } from './stolen';

describe('the share of the processors that the host takes', () => {
  const stat = (user: number, steal: number): string =>
    `cpu  ${user} 1 2 3 4 5 6 ${steal} 70 80\ncpu0 1 1 1 1 1 1 1 1 1 1\nctxt 5\n`;

  test('is the stolen part of all time, guests counted once', () => {
    expect(ticksIn(stat(100, 9))).toEqual({ all: 130, stolen: 9 });
    expect(stolenShare(ticksIn(stat(100, 9)), ticksIn(stat(190, 19)))).toBe(0.1);
  });

  test('is unknown without two looks at different times', () => {
    const ticks = ticksIn(stat(100, 9));
    expect(stolenShare(undefined, ticks)).toBeNull();
    expect(stolenShare(ticks, undefined)).toBeNull();
    expect(stolenShare(ticks, ticks)).toBeNull();
  });

  test('is read from the machine itself where it is Linux', () => {
    const ticks = processorTicks();
    expect(ticks !== undefined).toBe(process.platform === 'linux');
    expect(ticks?.all ?? 1).toBeGreaterThan(ticks?.stolen ?? 0);
  });
});
